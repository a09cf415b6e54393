# SPDX-License-Identifier: Apache-2.0
# What tshark reads in FILE, as sorted lines in FOLDER/NAME.wanted for test-sensor: sensor_expect.py FILE FOLDER.
# JA4 is made here anew from tshark's fields.
import collections, hashlib, subprocess, sys

path, folder = sys.argv[1:]


def fields(condition, *names, occurrence='a'):
    command = ['tshark', '-r', path, '--enable-protocol', 'communityid', '-Y', condition, '-T', 'fields', '-E', 'occurrence=' + occurrence, '-E', 'aggregator=|']
    for name in names:
        command += ['-e', name]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split('\t') for line in text.splitlines()]


def write(name, lines):
    with open(f'{folder}/{name}.wanted', 'w') as out:
        out.writelines(sorted(line + '\n' for line in lines))


def count(values):
    return [f'{number}\t{value}' for value, number in collections.Counter(values).items()]


def digest(values):
    return hashlib.sha256(values.encode()).hexdigest()[:12] if values else '000000000000'


def grease(value):
    return value & 0x0f0f == 0x0a0a and value >> 8 == value & 0xff


def numbers(text):
    return [int(part, 0) for part in text.split('|') if part and not grease(int(part, 0))]


def ja4(version, ciphers, extensions, signatures, versions, name, alpn):
    ciphers, extensions, signatures = numbers(ciphers), numbers(extensions), numbers(signatures)
    version = max(numbers(versions) or [int(version, 0)])
    first = alpn.split('|')[0]
    text = 't' + {0x0304: '13', 0x0303: '12'}[version] + ('d' if name else 'i') + f'{len(ciphers):02}{len(extensions):02}'
    text += first[0] + first[-1] if first else '00'
    parts = ','.join(f'{e:04x}' for e in sorted(extensions) if e not in (0, 16)) + '_' + ','.join(f'{s:04x}' for s in signatures)
    return f"{text}_{digest(','.join(f'{c:04x}' for c in sorted(ciphers)))}_{digest(parts)}"


# Of a question without an answer there is one record, of one with an answer too.
write('dns', [row[0] for row in fields('dns.flags.response == 0', 'dns.qry.name')])
codes = {'0': 'NOERROR', '3': 'NXDOMAIN'}
write('rcodes', count(codes[row[0]] for row in fields('dns.flags.response == 1', 'dns.flags.rcode')))
answers = set()
for row in fields('dns.flags.response == 1', 'dns.a', 'dns.aaaa', 'dns.cname', 'dns.txt'):
    answers |= {part for text in row[:3] for part in text.split('|')} | {row[3].replace('|', '')}
write('answers', answers - {''})
# Requests of one packet are on one line; what not all of them have has no place there.
requests = [row for line in fields('http.request', 'http.request.method', 'http.host', 'http.request.uri', 'http.user_agent', 'http.referer')
            for row in zip(*(part.split('|') * (len(line[0].split('|')) if not part else 1) for part in line))]
write('http', ['\t'.join([row[0], row[1].rsplit(':', 1)[0] if row[1].endswith(':80') else row[1], *row[2:]]) for row in requests])
write('statuses', count(code for row in fields('http.response', 'http.response.code') for code in row[0].split('|')))
streams, hellos = set(), []
for row in fields('tls.handshake.type == 1', 'tcp.stream', 'tls.handshake.version', 'tls.handshake.ciphersuite', 'tls.handshake.extension.type',
                  'tls.handshake.sig_hash_alg', 'tls.handshake.extensions.supported_version', 'tls.handshake.extensions_server_name',
                  'tls.handshake.extensions_alpn_str'):
    if row[0] not in streams:  # the second hello of a connection answers a HelloRetryRequest
        hellos.append(f'{row[6]}\t{ja4(*row[1:])}')
    streams.add(row[0])
write('tls', hellos)
write('flows', count(row[0] for row in fields('communityid', 'communityid')))
