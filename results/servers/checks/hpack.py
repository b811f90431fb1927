"""Field sections of HTTP/2: literals are written, whatever they say, and answers read.

RFC 7541, whose sections are cited from memory (unverified). Nothing is kept in a
table of the connection's, which wire.py asks for with SETTINGS_HEADER_TABLE_SIZE 0.
"""

# Appendix A.
STATIC = [tuple(entry.partition("=")[::2]) for entry in """
:authority :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https :status=200 :status=204 :status=206 :status=304 :status=400
:status=404 :status=500 accept-charset accept-encoding=gzip,deflate accept-language accept-ranges accept access-control-allow-origin age allow
authorization cache-control content-disposition content-encoding content-language content-length content-location content-range content-type cookie
date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards
proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary
via www-authenticate
""".split()]

# Appendix B: how long the code of each octet is, from 0 to 255. Codes of one
# length follow each other in the order of the octets.
LENGTHS = [int(n) for n in """
13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28 6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6
6 6 6 7 8 15 6 12 10 13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6 15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11
14 13 28 20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24 22 21 20 22 22 23 23 21 23 22 22 24 21 22 23
23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23 26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27 20
24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
""".split()]


def codes():
    """Octets by their codes in digits of two."""
    found, code, last = {}, 0, 0
    for length, octet in sorted((length, octet) for octet, length in enumerate(LENGTHS)):
        code <<= length - last
        found[format(code, "0%db" % length)] = octet
        code, last = code + 1, length
    return found


CODES = codes()


def number(first, bits, n):
    """An integer (§5.1) whose first octet has so many bits for it."""
    most = (1 << bits) - 1
    if n < most:
        return bytes([first | n])
    octets, n = [first | most], n - most
    while n >= 128:
        octets.append(n % 128 + 128)
        n //= 128
    return bytes(octets + [n])


def literals(lines):
    """Each line as a literal with a literal name, in no table (§6.2.2)."""
    block = b""
    for line in lines:
        block += b"\0"
        for text in line:
            octets = text.encode("latin-1")
            block += number(0, 7, len(octets)) + octets
    return block


def lines_of(block):
    """The lines of an answer."""
    at, lines = 0, []

    def integer(bits):
        nonlocal at
        n, most = block[at] & (1 << bits) - 1, (1 << bits) - 1
        at += 1
        shift = 0
        while n >= most:
            n += (block[at] & 127) << shift
            shift += 7
            at += 1
            if not block[at - 1] & 128:
                break
        return n

    def string():
        nonlocal at
        packed = block[at] & 128
        size = integer(7)
        octets = block[at:at + size]
        at += size
        return (unpacked(octets) if packed else octets).decode("latin-1")

    while at < len(block):
        first = block[at]
        if first & 128:                     # indexed, §6.1
            lines.append(STATIC[integer(7) - 1])
        elif first & 224 == 32:             # a table's new size, §6.3
            integer(5)
        else:                               # a literal, §6.2
            index = integer(6 if first & 64 else 4)
            name = STATIC[index - 1][0] if index else string()
            lines.append((name, string()))
    return lines


def unpacked(octets):
    """What Huffman's code stands for (§5.2)."""
    out, code = bytearray(), ""
    for digit in "".join(format(o, "08b") for o in octets):
        code += digit
        if code in CODES:
            out.append(CODES[code])
            code = ""
    return bytes(out)
