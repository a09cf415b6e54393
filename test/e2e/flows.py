# SPDX-License-Identifier: Apache-2.0
# What test-flow sends: a pcap of made-up packets for softflowd, and datagrams built by hand.
#   flows.py pcap FILE             prints flows and the octets of their packets, IPv4 then IPv6
#   flows.py send PORT KIND …      KIND: template, data:OCTETS, sflow, garbage; a datagram each
import socket
import struct
import sys

FLOWS4, FLOWS6, PACKETS = 40, 10, 5


def tcp4(i, back, flags, size):
    source, destination = bytes([10, 0, 0, i + 1]), bytes([198, 51, 100, i + 1])
    ports = (40000 + i, 443)
    if back:
        source, destination, ports = destination, source, ports[::-1]
    head = struct.pack(">BBHHHBBH", 0x45, 0, 40 + size, 1, 0, 64, 6, 0) + source + destination
    return 0x0800, head + struct.pack(">HHIIBBHHH", *ports, 1, 1, 0x50, flags, 1000, 0, 0) + bytes(size)


def udp6(i, size):
    address = b"\x20\x01\x0d\xb8" + bytes(11)
    head = struct.pack(">IHBB", 6 << 28, 8 + size, 17, 64) + address + bytes([i + 1]) + address + b"\xfe"
    return 0x86DD, head + struct.pack(">HHHH", 50000 + i, 53, 8 + size, 0) + bytes(size)


def packets():
    for i in range(FLOWS4):
        for n in range(PACKETS):
            yield tcp4(i, False, 0x02 if n == 0 else 0x18, 10 * n)
            yield tcp4(i, True, 0x12 if n == 0 else 0x18, 100 * n)
    for i in range(FLOWS6):
        yield udp6(i, 32)


def write_pcap(path):
    octets = {0x0800: 0, 0x86DD: 0}
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for n, (kind, packet) in enumerate(packets()):
            frame = bytes(5) + b"\x01" + bytes(5) + b"\x02" + struct.pack(">H", kind) + packet
            out.write(struct.pack("<IIII", 1700000000 + n // 100, n % 100 * 1000, len(frame), len(frame)) + frame)
            octets[kind] += len(packet)
    print(2 * FLOWS4, octets[0x0800], FLOWS6, octets[0x86DD])


# NetFlow 9 of source 77, whose template 300 is: source, octets, ports
def netflow9(*sets):
    body = b"".join(struct.pack(">HH", number, len(content) + 4) + content for number, content in sets)
    return struct.pack(">HHIIII", 9, 1, 1000, 1700000000, 1, 77) + body


def datagram(kind):
    kind, _, value = kind.partition(":")
    if kind == "template":
        return netflow9((0, struct.pack(">10H", 300, 4, 8, 4, 1, 4, 7, 2, 11, 2)))
    if kind == "data":
        return netflow9((300, bytes([10, 77, 77, 77]) + struct.pack(">IHH", int(value), 1234, 25)))
    if kind == "sflow":
        frame = bytes(5) + b"\x01" + bytes(5) + b"\x02\x08\x00" + tcp4(200, False, 2, 0)[1]
        frame += bytes(-len(frame) % 4)
        header = struct.pack(">IIII", 1, 1000, 0, len(frame)) + frame
        sample = struct.pack(">8I", 1, 3, 512, 1, 0, 5, 6, 1) + struct.pack(">II", 1, len(header)) + header
        return struct.pack(">IIIIIII", 5, 1, 0xC0000209, 0, 1, 1000, 1) + struct.pack(">II", 1, len(sample)) + sample
    return b"\x00\x09\x00\x01garbage"


if sys.argv[1] == "pcap":
    write_pcap(sys.argv[2])
else:
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for each in sys.argv[3:]:
        out.sendto(datagram(each), ("127.0.0.1", int(sys.argv[2])))
