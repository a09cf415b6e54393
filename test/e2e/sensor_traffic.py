# SPDX-License-Identifier: Apache-2.0
# Traffic of real programs on this network namespace's loopback: DNS over UDP and TCP, HTTP by curl and by hand, TLS by
# openssl. sensor_traffic.py DIR [ROUNDS]; DIR is for certificates. It ends when everything is said.
import http.server, os, socket, socketserver, ssl, struct, subprocess, sys, threading

folder, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
HOSTS = {'127.0.0.1': '4', '::1': '6'}


# --- DNS: names below example.org have an address, an alias, a text; all others do not exist

def name(text):
    return b''.join(bytes([len(part)]) + part.encode() for part in text.split('.') if part) + b'\0'


def answer(query):
    end = query.index(b'\0', 12) + 5
    question, kind = query[12:end], struct.unpack('>H', query[end - 4:end - 2])[0]
    if b'\x07example\x03org' not in question:
        return query[:2] + struct.pack('>HHHHH', 0x8183, 1, 0, 0, 0) + question
    data = {1: [bytes([192, 0, 2, 7]), bytes([192, 0, 2, 8])], 28: [socket.inet_pton(socket.AF_INET6, '2001:db8::7')],
            5: [name('alias.example.org')], 16: [b'\x05hello\x06 "you"']}.get(kind, [])
    head = query[:2] + struct.pack('>HHHHH', 0x8180, 1, len(data), 0, 0)
    return head + question + b''.join(b'\xc0\x0c' + struct.pack('>HHIH', kind, 1, 60, len(d)) + d for d in data)


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        if b'silent' not in self.request[0]:
            self.request[1].sendto(answer(self.request[0]), self.client_address)


class Tcp(socketserver.BaseRequestHandler):
    def handle(self):
        while (size := self.request.recv(2)):
            reply = answer(self.request.recv(struct.unpack('>H', size)[0], socket.MSG_WAITALL))
            self.request.sendall(struct.pack('>H', len(reply)) + reply)


def query(number, text, kind):
    return struct.pack('>HHHHHH', number, 0x0120, 1, 0, 0, 1) + name(text) + struct.pack('>HH', kind, 1) + \
        b'\0' + struct.pack('>HHIH', 41, 1232, 0, 0)


def ask():
    number = 1
    for text, kind in [('www.example.org', 1), ('www.example.org', 28), ('w.example.org', 5), ('t.example.org', 16),
                       ('no.such.name.example.com', 1), ('a-very-long-label-of-a-tunnel.x.example.org', 16)]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(20)
            s.sendto(query(number, text, kind), ('127.0.0.1', 53))
            s.recv(4096)
        number += 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(query(number, 'silent.example.org', 1), ('127.0.0.1', 53))
    with socket.create_connection(('127.0.0.1', 53)) as s:
        for text in ['over-tcp.example.org', 'again.example.org']:
            number += 1
            q = query(number, text, 1)
            s.sendall(struct.pack('>H', len(q)) + q)
            s.recv(struct.unpack('>H', s.recv(2, socket.MSG_WAITALL))[0], socket.MSG_WAITALL)


# --- HTTP

class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def reply(self, status, body, chunked=False):
        self.send_response(status)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Transfer-Encoding', 'chunked') if chunked else self.send_header('Content-Length', len(body))
        self.end_headers()
        if self.command == 'HEAD':
            return
        for at in range(0, len(body), 7000) if chunked else []:
            part = body[at:at + 7000]
            self.wfile.write(b'%x\r\n' % len(part) + part + b'\r\n')
        self.wfile.write(b'0\r\n\r\n' if chunked else body)

    def do_GET(self):
        self.reply(404 if 'missing' in self.path else 200, b'x' * (300000 if 'large' in self.path else 50),
                   'chunked' in self.path)

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        self.reply(201, b'done')


def fetch():
    base = 'http://www.campus.example:80'
    for host, bracketed in ('127.0.0.1', '127.0.0.1'), ('::1', '[::1]'):
        curl = ['curl', '-sS', '--resolve', 'www.campus.example:80:' + bracketed, '-o', folder + '/got', '-A', 'probe/1.0 (a; "b")']
        subprocess.run(curl + ['-e', base + '/from', base + '/index.html?a=1&b=%20', base + '/large', base + '/chunked-large',
                               base + '/missing'], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(curl + ['-I', base + '/head'], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(curl + ['-d', 'field=value', base + '/form'], check=True, stdout=subprocess.DEVNULL)
    with socket.create_connection(('127.0.0.1', 80)) as s:  # pipelined, and cut where one would not
        text = b''.join(b'GET /pipe/%d HTTP/1.1\r\nHost: pipe.campus.example\r\nConnection: %s\r\n\r\n' %
                        (i, b'close' if i == 3 else b'keep-alive') for i in range(4))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(text), 37):
            s.sendall(text[at:at + 37])
        while s.recv(65536):
            pass


# --- TLS

def encrypt():
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', folder + '/key.pem', '-out',
                    folder + '/cert.pem', '-subj', '/C=CN/O=Campus Example/CN=tls.campus.example'], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + '/cert.pem', folder + '/key.pem')
    context.set_alpn_protocols(['http/1.1'])
    context.set_ecdh_curve('prime256v1')  # who offers another key first is asked again (HelloRetryRequest)
    listener = socket.create_server(('127.0.0.1', 443))

    def serve():
        while True:
            peer, _ = listener.accept()
            try:
                with context.wrap_socket(peer, server_side=True) as s:
                    s.sendall(s.recv(100))
            except OSError:
                peer.close()

    threading.Thread(target=serve, daemon=True).start()
    session = folder + '/session'
    for options in (['-tls1_3', '-groups', 'P-256', '-servername', 'one.campus.example'], ['-tls1_2', '-servername', 'two.campus.example', '-alpn', 'h2,http/1.1'],
                    ['-tls1_2', '-sess_out', session], ['-tls1_2', '-sess_in', session], ['-tls1_3', '-groups', 'P-521:P-256:X25519', '-alpn', 'http/1.1'],
                    ['-tls1_2', '-cipher', 'ECDHE-RSA-AES256-GCM-SHA384', '-CAfile', folder + '/cert.pem', '-verify_return_error',
                     '-verify_hostname', 'other.campus.example']):
        subprocess.run(['openssl', 's_client', '-connect', '127.0.0.1:443', '-quiet', '-no_ign_eof'] + options, input=b'hello\n', capture_output=True,
                       timeout=60)
    subprocess.run(['curl', '-sSk', '-m', '5', '--resolve', 'curl.campus.example:443:127.0.0.1', 'https://curl.campus.example/x'], capture_output=True)


for server in (socketserver.ThreadingUDPServer(('127.0.0.1', 53), Udp), socketserver.ThreadingTCPServer(('127.0.0.1', 53), Tcp)):
    threading.Thread(target=server.serve_forever, daemon=True).start()
for family, host in (socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1'):
    kind = type('Server', (http.server.ThreadingHTTPServer,), {'address_family': family})
    threading.Thread(target=kind((host, 80), Web).serve_forever, daemon=True).start()
for _ in range(rounds):
    ask()
    fetch()
    subprocess.run(['ping', '-c', '2', '-i', '0.2', '127.0.0.1'], capture_output=True) if os.path.exists('/bin/ping') else None
    with socket.socket() as s:
        s.connect_ex(('127.0.0.1', 81))  # refused
encrypt()
