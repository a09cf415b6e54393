# SPDX-License-Identifier: Apache-2.0
# A mail server and a web server on loopback for test-notify and test-rectification, which write down what they get:
# notify_sink.py FOLDER [CERTIFICATE KEY]. FOLDER/ports names them: smtp, starttls, http, https.
# What they answer is in FOLDER/smtp.say and FOLDER/http.say, read anew for each message: "550 no" or "500".
import email, email.policy, json, os, socket, ssl, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

folder = sys.argv[1]
lock = threading.Lock()


def says(name, fallback):
    try:
        return open(f"{folder}/{name}.say").read().strip() or fallback
    except OSError:
        return fallback


def note(name, what):
    with lock, open(f"{folder}/{name}.ndjson", "a") as out:
        out.write(json.dumps(what, ensure_ascii=False) + "\n")


class Mail:
    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = says("smtp", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain",))
        note("smtp", {
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": message["Subject"],
            "sender": str(message["From"]), "id": message["Message-ID"], "headers": message.keys(),
            "text": body.get_content(), "tls": session.ssl is not None, "raw": envelope.content.decode(),
            "files": [{"name": part.get_filename(), "type": part.get_content_type(), "size": len(part.get_content())}
                      for part in message.iter_attachments()],
        })
        return "250 taken"


class Web(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        note("http", {"path": self.path, "headers": dict(self.headers), "body": body})
        status, _, text = says("http", '200 {"errcode":0,"errmsg":"ok","code":0}').partition(" ")
        self.send_response(int(status))
        if status.startswith("3"):
            self.send_header("Location", text)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class Anywhere(Controller):
    def _trigger_server(self):  # it would ask port 0 whether it is there
        socket.create_connection(self.server.sockets[0].getsockname()).close()


def mail_server(**options):
    controller = Anywhere(Mail(), hostname="127.0.0.1", port=0, **options)
    controller.start()
    return controller.server.sockets[0].getsockname()[1]


def check(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"robot" and data.password == b"secret of mail")


ports = {"smtp": mail_server()}
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    ports["starttls"] = mail_server(tls_context=context, require_starttls=True, authenticator=check, auth_required=True)
    web = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    web.socket = context.wrap_socket(web.socket, server_side=True)
    ports["https"] = web.server_address[1]
    threading.Thread(target=web.serve_forever, daemon=True).start()
web = ThreadingHTTPServer(("127.0.0.1", 0), Web)
ports["http"] = web.server_address[1]
with open(f"{folder}/ports.new", "w") as out:
    json.dump(ports, out)
os.rename(f"{folder}/ports.new", f"{folder}/ports")
web.serve_forever()
