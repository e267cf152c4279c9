"""A mail server for tests: takes mail from whoever knows the password, and prints each message as a line of JSON.

Usage: mail_sink.py USER PASSWORD [CERTIFICATE KEY]. With a certificate it takes mail over STARTTLS alone. The first line says
the port.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Printer:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        line = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": message["subject"],
            "id": message["message-id"],
            "references": message["references"],
            "body": message.get_content(),
        }
        print(json.dumps(line), flush=True)
        return "250 taken"


async def main(user, password, certificate=None, key=None):
    tls = None
    if certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, key)

    def check(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and data == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=good, handled=False)

    def conversation():
        safe = {"tls_context": tls, "require_starttls": True} if tls else {}
        return SMTP(Printer(), authenticator=check, auth_required=True, auth_require_tls=tls is not None, **safe)

    server = await asyncio.get_running_loop().create_server(conversation, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
