"""Thunderbird, as professionals use it: it finds the folders, reads, flags, moves, deletes, waits, and sends.

What it did is judged by what the servers hold afterwards, and by how they answered it.
"""

import asyncio
import base64
from pathlib import Path

import pytest

from gateway.imap.replies import Answer
from gateway.imap.session.talk import ImapTalk
from tests.builders import smtp_site
from tests.builders.imap_site import LOGIN, PASSWORD, Site, a_message, running
from tests.builders.thunderbird import Thunderbird, thunderbird

WITH_PDF = (
    f"From: Labo <labo@biologie.example>\r\nTo: {LOGIN}\r\nSubject: =?utf-8?q?R=C3=A9sultat?=\r\n"
    "Date: Mon, 02 Mar 2026 12:00:00 +0100\r\nMessage-ID: <pdf@biologie.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="cut"\r\n\r\n--cut\r\nContent-Type: text/plain; charset=utf-8\r\n'
    "Content-Transfer-Encoding: 8bit\r\n\r\nPotassium : 4,1 mmol/l, créatinine élevée.\r\n"
    '--cut\r\nContent-Type: application/pdf; name="bilan.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
    "Content-Disposition: attachment; filename=bilan.pdf\r\n\r\nJVBERi0xLjQKJSVFT0YK\r\n--cut--\r\n"
).encode()

PREPARED = """
const [authorities, logins] = arguments;
const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
for (const octets of authorities) certificates.addCertFromBase64(octets, "C,,");
for (const [origin, name, password] of logins) {
  const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
  login.init(origin, null, origin, name, password, "", "");
  await Services.logins.addLoginAsync(login);
}
"""
# What every script may use: the services, the account's folders, and patience.
COMMON = """
const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const account = MailServices.accounts.accounts.find(each => each.incomingServer.type == "imap");
const root = account.incomingServer.rootFolder;
const folder = name => root.descendants.find(each => each.localizedName == name || each.name == name);
const inbox = () => root.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
const until = async (found, what) => {
  for (let tries = 0; tries < 400; tries++) {
    const value = await found();
    if (value) return value;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error("waited in vain for " + what);
};
const headers = place => [...place.messages];
const subject = (place, text) => headers(place).find(each => each.mime2DecodedSubject == text);
const setTimeout = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs").setTimeout;
"""
FOUND = """
account.incomingServer.performExpand(null);
await until(() => folder("Corbeille") && folder("Envoyés"), "the folders");
const subjects = headers(inbox()).map(each => each.mime2DecodedSubject);
return {folders: root.descendants.map(each => each.name), subjects};
"""
READ = """
const window = Services.wm.getMostRecentWindow("mail:3pane");
const pane = await until(() => window.document.getElementById("tabmail")?.currentAbout3Pane, "the window");
await until(() => pane.document.readyState == "complete" && pane.displayFolder && pane.threadTree, "the list");
await pane.displayFolder(inbox());
const row = await until(() => {
  const view = pane.gDBView;
  for (let place = 0; view && place < view.rowCount; place++)
    if (view.getMsgHdrAt(place).mime2DecodedSubject == arguments[0]) return place + 1;
}, "the line");
pane.threadTree.selectedIndex = row - 1;
const shown = () => pane.messageBrowser?.contentWindow?.getMessagePaneBrowser?.()?.contentDocument?.body?.innerText;
const text = await until(() => shown()?.trim() && shown(), "the text");
await until(() => subject(inbox(), arguments[0]).isRead, "the mark");
return text;
"""
CHANGED = """
const [flagged, moved, deleted] = [...arguments].map(text => subject(inbox(), text));
inbox().markMessagesFlagged([flagged], true);
inbox().addKeywordsToMessages([flagged], "$label1");
const listener = resolve => ({
  onStartCopy() {}, onProgress() {}, setMessageKey() {}, getMessageId() {}, onStopCopy: resolve,
  QueryInterface: ChromeUtils.generateQI(["nsIMsgCopyServiceListener"])});
await new Promise(resolve =>
  MailServices.copy.copyMessages(inbox(), [moved], folder("Terminés"), true, listener(resolve), null, false));
await new Promise(resolve => inbox().deleteMessages([deleted], null, false, true, listener(resolve), false));
await until(() => headers(inbox()).length == 1, "what stays");
"""
SENT = """
const identity = account.defaultIdentity;
identity.fccFolderURI = folder("Envoyés").URI;
const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
[fields.from, fields.to, fields.subject] = [identity.email, arguments[0], arguments[1]];
fields.body = arguments[2];
const parameters = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(Ci.nsIMsgComposeParams);
parameters.composeFields = fields;
parameters.identity = identity;
parameters.format = Ci.nsIMsgCompFormat.PlainText;
const compose = MailServices.compose.initCompose(parameters);
const progress = Cc["@mozilla.org/messenger/progress;1"].createInstance(Ci.nsIMsgProgress);
compose.sendMsg(Ci.nsIMsgSend.nsMsgDeliverNow, identity, account.key, null, progress);
"""


def _account(imap: int, submission: int) -> dict[str, object]:
    """Give the preferences of one account, as Thunderbird's assistant writes them."""
    return {
        "mail.accountmanager.accounts": "account1", "mail.accountmanager.defaultaccount": "account1",
        "mail.account.account1.server": "server1", "mail.account.account1.identities": "id1",
        "mail.identity.id1.useremail": LOGIN, "mail.identity.id1.fullName": "Camille Exemple",
        "mail.identity.id1.smtpServer": "smtp1", "mail.identity.id1.compose_html": False,
        "mail.server.server1.type": "imap", "mail.server.server1.hostname": "localhost",
        "mail.server.server1.port": imap, "mail.server.server1.userName": LOGIN, "mail.server.server1.name": LOGIN,
        "mail.server.server1.socketType": 3, "mail.server.server1.authMethod": 3,
        "mail.smtpservers": "smtp1", "mail.smtp.defaultserver": "smtp1",
        "mail.smtpserver.smtp1.hostname": "localhost", "mail.smtpserver.smtp1.port": submission,
        "mail.smtpserver.smtp1.username": smtp_site.LOGIN, "mail.smtpserver.smtp1.try_ssl": 3,
        "mail.smtpserver.smtp1.authMethod": 3,
    }  # fmt: skip


async def _run(client: Thunderbird, script: str, *arguments: object) -> object:
    return await client.run(f"{COMMON}{script}", *arguments)


async def _held(site: Site, mailbox: str) -> list[tuple[bytes, str]]:
    """Give subject and flags of the messages that a folder holds."""
    folder = (await site.mailbox.open(mailbox)).folder.id
    blocks = await site.at.store.read(lambda tx: tx.mail.header_blocks(site.vault, folder, 1, 2**32))
    return [
        (next(line for line in block.splitlines() if line.startswith(b"Subject:"))[9:], entry.flags)
        for entry, block in blocks
    ]


def _pem(path: Path) -> str:
    """Give a certificate as Thunderbird takes it, without the lines around it."""
    return "".join(line for line in path.read_text().splitlines() if not line.startswith("-"))


@pytest.mark.timeout(90)
async def test_a_day_with_thunderbird(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[Answer] = []
    plain = ImapTalk._complete

    def complete(talk: ImapTalk, answer: Answer) -> None:
        answered.append(answer)
        plain(talk, answer)

    monkeypatch.setattr(ImapTalk, "_complete", complete)
    async with running() as site, smtp_site.running(tmp_path) as smtp:
        await site.fill(a_message("Question", more="Message-ID: <q@x.example>\r\n"), WITH_PDF, recent=True)
        await site.fill(a_message("Publicité", more="Message-ID: <p@x.example>\r\n"), recent=True)
        async with thunderbird(_account(site.port, smtp.port("submission"))) as client:
            logins = [("imap://localhost", LOGIN, PASSWORD), ("smtp://localhost", smtp_site.LOGIN, smtp_site.PASSWORD)]
            await client.run(PREPARED, [_pem(site.authority.path), _pem(smtp.authority.path)], logins)
            assert "créatinine élevée" in str(await _run(client, READ, "Résultat"))
            found = await _run(client, FOUND)
            assert isinstance(found, dict)
            assert {"Envoyés", "Brouillons", "Corbeille", "Terminés"} <= set(found["folders"])
            assert sorted(found["subjects"]) == ["Publicité", "Question", "Résultat"]
            await _run(client, CHANGED, "Résultat", "Question", "Publicité")
            await _run(client, SENT, "patient@x.example", "Réponse", "Merci, à demain.")
            async with asyncio.timeout(30):
                while not await _held(site, "Envoyés"):
                    await asyncio.sleep(0.05)
            await site.fill(a_message("Nouveau", more="Message-ID: <n@x.example>\r\n"), recent=True)
            await _run(client, 'await until(() => subject(inbox(), "Nouveau"), "the push");')
        assert [(name, set(flags.split())) for name, flags in await _held(site, "INBOX")] == [
            (b"=?utf-8?q?R=C3=A9sultat?=", {"\\Seen", "\\Flagged", "$label1"}), (b"Nouveau", set()),
        ]  # fmt: skip
        assert [name for name, _ in await _held(site, "Terminés")] == [b"Question"]
        assert [name for name, _ in await _held(site, "Corbeille")] == ["Publicité".encode()]
        assert [name for name, _ in await _held(site, "Envoyés")] == [b"=?UTF-8?Q?R=C3=A9ponse?="]
        sent = smtp.intake.messages[0].raw
        assert "Merci, à demain." in sent.decode() or base64.b64encode("Merci, à demain.".encode()) in sent
    assert len(answered) > 10
    assert [answer for answer in answered if not answer.is_ok] == []
