"""A life in which direction is changed again and again, by chance and yet the same each time."""

import random
from functools import cache

from domain.proposal import Wave
from domain.steering import Pause, Resume
from domain.technology import Technology, waves_to_come
from domain.waves import AddBoard, PauseWave, ReorderWaves, ResumeWave, StopWave, SwapPilot, WaveCommand
from tests.catalogue.life import DAY, OFFICE, Life, make_proposal

STREAM = "technology/ccbt"
WHY = "As agreed on Monday."


class Direction:
    """Somebody who changes direction while everybody works."""

    def __init__(self, life: Life, seed: int) -> None:
        self.life = life
        self.chance = random.Random(seed)

    @property
    def state(self) -> Technology:
        """The technology."""
        found: Technology = self.life.states[STREAM]
        return found

    def turn(self) -> None:
        """One change of direction, or another."""
        wave = self.chance.choice([it.name for it in self.state.waves])
        commands: tuple[WaveCommand, ...] = (
            PauseWave(actor=OFFICE, wave=wave, reason=WHY),
            ResumeWave(actor=OFFICE, wave=wave, reason=WHY),
            ResumeWave(actor=OFFICE, wave=wave, reason=WHY),
            self.reorder(),
            self.add(),
            self.swap(),
            self.swap(),
        )
        self.life.attempt(STREAM, self.chance.choice(commands))
        self.life.settle()

    def end_one(self) -> None:
        """Stop the last wave to come, if there is one."""
        for wave in waves_to_come(self.state)[-1:]:
            self.life.attempt(STREAM, StopWave(actor=OFFICE, wave=wave.name, reason=WHY))
            self.life.settle()

    def reorder(self) -> ReorderWaves:
        """The waves to come in another order, perhaps two of them as one."""
        waves = [*waves_to_come(self.state)]
        self.chance.shuffle(waves)
        if len(waves) > 1 and self.chance.random() < 0.5:
            first, second, *others = waves
            name = f"joined-{self.chance.randint(1, 9)}"
            waves = [Wave(name=name, boards=(*first.boards, *second.boards)), *others]
        return ReorderWaves(actor=OFFICE, waves=tuple(waves), reason=WHY)

    def add(self) -> AddBoard:
        """Another board, in a wave to come or in a new one."""
        wave = self.chance.choice([*(it.name for it in waves_to_come(self.state)), "late"])
        board = f"newcomer-{self.chance.randint(1, 3)}"
        checks = self.state.proposal.board_checks["board-0"]
        return AddBoard(actor=OFFICE, board=board, wave=wave, checks=checks, reason=WHY)

    def swap(self) -> SwapPilot:
        """One pilot for another board."""
        into = self.chance.choice([board for wave in self.state.waves for board in wave.boards])
        return SwapPilot(actor=OFFICE, out=self.chance.choice(self.state.pilots), into=into, reason=WHY)


@cache
def turning_life(seed: int = 17, rounds: int = 80) -> Life:
    """A life whose direction changes while it is lived, and which ends in its middle."""
    life = Life()
    life.open(capacity=3)
    life.propose(make_proposal())
    direction = Direction(life, seed)
    for number in range(rounds):
        direction.turn()
        if number % 9 == 0:
            life.attempt(STREAM, direction.chance.choice((Pause, Resume))(actor=OFFICE, reason=WHY))
            life.settle()
        if number % 2:
            life.work(lambda _, gate: "again" if gate.id == "scale" and direction.state.cycle == 1 else "go")
        life.let_time_pass(2)
        if number == rounds // 2:
            direction.end_one()
    life.now += DAY
    return life
