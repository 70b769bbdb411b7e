"""winmail.dat: what Outlook packs attachments into."""
