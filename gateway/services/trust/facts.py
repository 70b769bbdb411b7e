"""Facts about connections and senders, gathered from the directory for the policy to judge."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.domain.address import MailAddress
from gateway.domain.care_party import acting_names_of, mailbox_name
from gateway.domain.directory import DirectoryEntry, DistinguishedName, PeerIdentity
from gateway.domain.errors import DirectoryUnavailable
from gateway.domain.smtp_connection import SmtpConnection, SmtpListener
from gateway.policy.facts import (
    UNKNOWN,
    Certificate,
    ConnectionFacts,
    Freshness,
    SenderFacts,
    Sources,
    Tls,
    Unknown,
)
from gateway.policy.facts import Entrance as PolicyListener
from gateway.ports.clock import Clock
from gateway.ports.directory import Ages, Directory

_MAX_REMEMBERED = 10_000
_ADEQUATE = frozenset({"TLSv1.2", "TLSv1.3"})
_LISTENERS = {SmtpListener.RELAY: PolicyListener.RELAY, SmtpListener.SUBMISSION: PolicyListener.SUBMISSION}


@dataclass(frozen=True, slots=True)
class Staleness:
    """How old the trust data may be before nothing is concluded from them."""

    white_list: timedelta = timedelta(days=7)
    directory: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """Answers of one white list, shared by the event loop and the threads that judge content."""

    version: int
    holders: dict[DistinguishedName, frozenset[str]] = field(default_factory=dict)
    domains: dict[str, bool] = field(default_factory=dict)


class TrustFacts:
    """Answers what is known of a connection or a sender right now."""

    def __init__(self, directory: Directory, clock: Clock, staleness: Staleness) -> None:
        self._directory = directory
        self._clock = clock
        self._staleness = staleness
        self._remembered = _Remembered(-1)

    def sources(self, at: datetime | None = None) -> Sources:
        """Say how far the white list and the directory may be relied on, now or as of another instant."""
        ages, now = self._directory.ages(), at or self._clock.now()
        return Sources(
            _freshness(ages.whitelist, now, self._staleness.white_list),
            _freshness(ages.directory, now, self._staleness.directory),
        )

    def lists(self) -> Ages:
        """Give what the lists are now: the same object as long as nobody has looked whether there are others."""
        return self._directory.ages()

    def connection(self, connection: SmtpConnection) -> ConnectionFacts:
        """Say who is at the other end; without a usable list nobody is bound to any domain, and policy defers."""
        peer = connection.peer
        binding = self._directory.binding(peer.spki_sha256) if peer else None
        return ConnectionFacts(
            listener=_LISTENERS[connection.listener],
            tls=_tls(connection.tls_version),
            certificate=self._certificate(peer),
            peer_domains=self._domains_of(peer.dn) if peer else frozenset(),
            laboratory=binding.address if binding else None,
            signed_in=self._signed_in(connection),
        )

    def _signed_in(self, connection: SmtpConnection) -> MailAddress | None:
        found = connection.signed_in
        if found is None:
            return None
        try:
            ended = self._directory.standings().get(found.address, 0)
        except DirectoryUnavailable:
            ended = 0
        return found.address if ended == found.ended_before else None

    def _certificate(self, peer: PeerIdentity | None) -> Certificate:
        if peer is None:
            return Certificate.ABSENT
        # A connection, or a resumed session, may outlive the certificate it began with.
        return Certificate.VALID if peer.valid_at(self._clock.now()) else Certificate.REFUSED

    def sender(self, reverse_path: MailAddress | None) -> SenderFacts:
        """Say who the message claims to be from; patients do not send by SMTP, so no space is looked up."""
        if reverse_path is None:
            return SenderFacts(None, entry=None, space=None)
        try:
            entry: DirectoryEntry | Unknown | None = self._directory.entry(reverse_path)
        except DirectoryUnavailable:
            entry = UNKNOWN
        return SenderFacts(reverse_path, self.white_listed(reverse_path.domain), entry, space=None)

    def white_listed(self, domain: str) -> bool:
        """Say whether the white list, as loaded, holds a domain; `sources` says what that is worth."""
        remembered = self._of_this_list().domains
        found = remembered.get(domain)
        if found is None:
            try:
                found = self._directory.domain(domain) is not None
            except DirectoryUnavailable:
                return False
            if len(remembered) < _MAX_REMEMBERED:
                remembered[domain] = found
        return found

    def entry(self, address: MailAddress) -> DirectoryEntry | None:
        """Find a mailbox for its name and kind; None also when the directory cannot be read now."""
        try:
            return self._directory.entry(address)
        except DirectoryUnavailable:
            return None

    def names(self, address: MailAddress | None) -> frozenset[str]:
        """Give the names under which patients' choices know the holder of a mailbox; none for the null sender."""
        if address is None:
            return frozenset()
        entry = self.entry(address)
        return acting_names_of(entry) if entry else frozenset({mailbox_name(address)})

    def withdrawn(self, address: MailAddress) -> bool:
        """Say whether a mailbox was suspended or removed; what is not known now was not."""
        entry = self.entry(address)
        return entry is not None and not entry.valid

    def has_left(self, address: MailAddress) -> bool:
        """Say whether a mailbox is in the directory no more (A24); false while the directory is not relied on."""
        if self.sources().directory is not Freshness.FRESH:
            return False
        try:
            entry = self._directory.entry(address)
        except DirectoryUnavailable:
            return False
        return entry is None or not entry.valid

    def _domains_of(self, holder: DistinguishedName) -> frozenset[str]:
        remembered = self._of_this_list().holders
        found = remembered.get(holder)
        if found is None:
            try:
                found = self._directory.domains_of(holder)
            except DirectoryUnavailable:
                return frozenset()
            if len(remembered) < _MAX_REMEMBERED:
                remembered[holder] = found
        return found

    def _of_this_list(self) -> _Remembered:
        """Give what is remembered of the list in service: a connection asks at each command and message.

        Taken before the look-up: what an old list answered late goes into its own memory, never into the new one's.
        """
        version, remembered = self._directory.ages().whitelist_version, self._remembered
        if remembered.version != version:
            remembered = self._remembered = _Remembered(version)
        return remembered


def _tls(version: str | None) -> Tls:
    if version is None:
        return Tls.CLEAR
    return Tls.ADEQUATE if version in _ADEQUATE else Tls.OBSOLETE


def _freshness(generated: datetime | None, now: datetime, limit: timedelta) -> Freshness:
    if generated is None:
        return Freshness.ABSENT
    return Freshness.FRESH if now - generated <= limit else Freshness.STALE
