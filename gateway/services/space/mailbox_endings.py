"""What ends a sign-in or a mailbox: a new app password, a suspension, a removal for good.

The secret goes first, in the store; then the line of the local directory, which every serving process follows: open
sessions of the mailbox end there (`gateway.services.sign_in.mailbox_standing`). Each can be done again after a failure.
"""

from gateway.domain.address import MailAddress
from gateway.domain.directory import LocalMailbox, MailboxState
from gateway.domain.errors import Conflict
from gateway.domain.mailbox import OPERATOR
from gateway.ports.clock import Clock
from gateway.ports.directory import LocalDirectory
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.app_passwords import app_account, new_app_password
from gateway.services.space.local_mailboxes import PEOPLE, LocalMailboxes, command_of, restoring_command


class MailboxEndings:
    """Ends sign-ins and mailboxes."""

    def __init__(self, store: Store, clock: Clock, local: LocalDirectory, mailboxes: LocalMailboxes) -> None:
        self._store = store
        self._clock = clock
        self._local = local
        self._mailboxes = mailboxes

    async def renew_password(self, known: LocalMailbox) -> str:
        """Give a new app password; the former one opens nothing more, and what it opened ends."""
        if known.state is MailboxState.SUSPENDED:
            raise Conflict(
                f"this mailbox is suspended: « {restoring_command(known.entry)} » takes it into use again, "
                "with a new password"
            )
        password = await self._change_secret(known.entry.address, "mailbox.password")
        self._local.end_sign_ins(known.entry.address)
        return password

    async def suspend(self, known: LocalMailbox, reason: str = "") -> None:
        """Keep a mailbox and shut it: no sign-in, no mail in or out, no certificate; its contents stay."""
        if known.state is MailboxState.SUSPENDED:
            raise Conflict(
                f"this mailbox is suspended already: « {restoring_command(known.entry)} » takes it into use again"
            )
        # Nobody learns the new secret: the former one is void, and guesses are still told in the trace.
        await self._change_secret(known.entry.address, "mailbox.suspended", reason)
        self._local.put_into(known.entry.address, MailboxState.SUSPENDED, self._clock.now())

    async def end_suspension(self, known: LocalMailbox, reason: str = "") -> str:
        """Take a suspended mailbox into use again, with a new app password and the certificates it had."""
        if known.state is not MailboxState.SUSPENDED:
            is_person = known.entry.kind in PEOPLE
            more = "; --until and --reason let a professional open more records" if is_person else ""
            raise Conflict(f"this mailbox is not suspended: nothing was changed{more}")
        password = await self._change_secret(known.entry.address, "mailbox.restored", reason)
        self._local.put_into(known.entry.address, MailboxState.IN_USE, self._clock.now())
        return password

    def require_removable(self, known: LocalMailbox) -> None:
        """Raise `Conflict` for one in use: whoever is signed in could still be writing."""
        if known.state is MailboxState.IN_USE:
            suspend = f"pli {command_of(known.entry.kind)} suspend {known.entry.address}"
            raise Conflict(
                f"this mailbox is in use: « {suspend} » first; removing it destroys its contents for good"
            )

    async def remove(self, known: LocalMailbox) -> None:
        """Remove a suspended mailbox for good, with its contents and keys; its address is never given again.

        Its own trace can be read no more, so the operator's says it as well.

        Raises:
            Conflict: it is in use, or was removed already.
        """
        address = known.entry.address
        self.require_removable(known)
        found = await self._store.read(lambda tx: tx.spaces.resolve(address))
        if found is None:
            if known.state is MailboxState.REMOVED:
                raise Conflict("this mailbox was removed already: nothing was changed")
        else:
            event = self._mailboxes.event("mailbox.removed", objects=(f"mailbox:{found[0]:x}",))
            await self._store.write(lambda tx: tx.audit.append(OPERATOR, event))
        self._local.put_into(address, MailboxState.REMOVED, self._clock.now())
        if found is not None:
            await self._store.destroy_vault(found[0])

    async def _change_secret(self, address: MailAddress, action: str, reason: str = "") -> str:
        vault, password = await self._mailboxes.vault_of(address), new_app_password()
        account = app_account(self._store, vault, str(address), password)
        event = self._mailboxes.event(action, reason=reason)

        def change(tx: Tx) -> None:
            tx.spaces.save_account(account)
            tx.audit.append(vault, event)

        await self._store.write(change)
        return password
