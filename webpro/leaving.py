"""The end of a session at the console."""

from aiohttp import web

from webmail.context import TOKEN, context_of, page, see_other
from webmail.sessions import forget_at_work
from webpro.professional import professional_in


async def leave_console(request: web.Request) -> web.Response:
    """End the session, here and in the store; whoever came by a provider signs out there as well."""
    context = context_of(request)
    logout = professional_in(request).entry.logout
    await context.sessions.close(request[TOKEN])
    # A form may lead to no other site: whoever came by a provider signs out there from a page of ours.
    response = page(request, "console_goes_on.html", path=logout) if logout else see_other(context.entrance.sign_in)
    forget_at_work(response, context.entrance.cookie)
    return response
