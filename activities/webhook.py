"""Delivers notices to a program by HTTP, signed as the convention "Standard Webhooks" has it.

A receiver that keeps ``webhook-id`` sees each notice once; the signature over id, time and body proves that
it comes from here and is not an old one sent again.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from activities.channels import Letter, Outcome, Result

PATIENCE = aiohttp.ClientTimeout(total=30, connect=10)

LATER = (408, 409, 425, 429)
"""Answers below 500 that say to try again."""

ACCEPTED, TURNED_AWAY = range(200, 300), range(300, 500)


@dataclass(frozen=True, repr=False)
class Webhook:
    """An address to which notices are posted.

    Attributes:
        url: The address.
        secret: What the receiver knows as well, to verify the signature.
    """

    url: str
    secret: bytes

    @property
    def target(self) -> str:
        """What it is known by on record."""
        return f"webhook:{hashlib.sha256(self.url.encode()).hexdigest()[:16]}"

    async def send(self, letter: Letter) -> Outcome:
        """Post a letter."""
        body = json.dumps(letter.data, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", **self.headers(letter.id, datetime.now(UTC), body)}
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return _judge(answer.status)
        except aiohttp.ClientConnectorError as error:
            return Outcome(Result.FAILED, f"the receiver was not reached ({type(error).__name__})")
        except (aiohttp.ClientError, OSError) as error:
            return Outcome(Result.UNKNOWN, f"the receiver did not answer ({type(error).__name__})")

    def headers(self, letter: str, now: datetime, body: bytes) -> dict[str, str]:
        """The headers by which the receiver knows what it gets, and from whom."""
        moment = str(int(now.timestamp()))
        signed = b".".join((letter.encode(), moment.encode(), body))
        signature = base64.b64encode(hmac.new(self.secret, signed, hashlib.sha256).digest()).decode()
        return {
            "webhook-id": letter,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{signature}",
        }


def _judge(status: int) -> Outcome:
    if status in ACCEPTED:
        return Outcome(Result.SENT)
    trouble = f"the receiver answered {status}"
    refused = status in TURNED_AWAY and status not in LATER
    return Outcome(Result.REFUSED if refused else Result.FAILED, trouble)
