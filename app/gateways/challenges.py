"""Telling a bot challenge from an answer: such a source is blocked, not quiet (CASES A11).

Only marks of the challenge itself count; the scripts that these services add to ordinary pages
do not.
"""

from collections.abc import Mapping

_FIELDS = {
    "cf-mitigated": "challenge",  # Cloudflare
    "x-amzn-waf-action": "",  # AWS WAF: captcha or challenge
    "sg-captcha": "challenge",  # SiteGround
    "x-vercel-mitigated": "challenge",
}
_PAGE_MARKS = (
    b"<title>just a moment...</title>",
    b"_cf_chl_opt",
    b"attention required! | cloudflare",
    b"geo.captcha-delivery.com",  # DataDome
    b"request unsuccessful. incapsula incident id",
    b"<title>pardon our interruption</title>",  # Imperva
    b'id="px-captcha"',  # HUMAN
    b"/.well-known/sgcaptcha/",
    b"sucuri_cloudproxy_js",
    b"/.within.website/x/cmd/anubis",
    b"window.gokuprops",  # AWS WAF
)
_LONGEST_PAGE = 128 * 1024


def in_fields(fields: Mapping[str, str]) -> bool:
    """Whether the response fields (lower-case names) announce a challenge."""
    return any(name in fields and value in fields[name].lower() for name, value in _FIELDS.items())


def in_page(content: bytes, content_type: str) -> bool:
    """Whether a short HTML page is a challenge in place of the document."""
    if "html" not in content_type.lower() or len(content) > _LONGEST_PAGE:
        return False
    lowered = content.lower()
    return any(mark in lowered for mark in _PAGE_MARKS)
