"""The console of professionals, below ``/pro/``: pages of their own, with sessions of their own."""
