"""PostgreSQL's protocol, message by message: what no driver sends.

    session = Wire(cluster, db, "app")
    session.send(parse("select 1"), bind(), execute(limit=1), SYNC)

What comes back is a list: a tuple for a row, `ERROR 42501 message`, the tag of a command, `suspended`.
"""

import socket
import struct

VERSION = 196608


def _text(*words):
    return b"".join(word.encode() + b"\0" for word in words)


def query(sql):
    return b"Q", _text(sql)


def parse(sql, statement=""):
    return b"P", _text(statement, sql) + struct.pack("!h", 0)


def bind(portal="", statement=""):
    return b"B", _text(portal, statement) + struct.pack("!hhh", 0, 0, 0)


def execute(portal="", limit=0):
    return b"E", _text(portal) + struct.pack("!i", limit)


def run(sql):
    """A statement by the extended protocol."""
    return parse(sql), bind(), execute()


def call(function, *args):
    """A function by its oid, past the parser: PQfn()."""
    values = b"".join(struct.pack("!i", -1) if arg is None else struct.pack("!i", len(arg)) + arg.encode() for arg in args)
    return b"F", struct.pack("!Ihhh", function, 1, 0, len(args)) + values + struct.pack("!h", 0)


SYNC = (b"S", b"")


class Wire:
    def __init__(self, cluster, db, user, **settings):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(f"{cluster.socket_folder}/.s.PGSQL.5432")
        self.received = self.socket.makefile("rb")
        words = [word for pair in ({"user": user, "database": db} | settings).items() for word in pair]
        start = _text(*words) + b"\0"
        self.socket.sendall(struct.pack("!II", len(start) + 8, VERSION) + start)
        self.greeting = self._answers()

    def close(self):
        self.received.close()
        self.socket.close()

    def send(self, *messages):
        """Sends messages, the last of which has to be one that the server answers by being ready; gives what came back."""
        self.socket.sendall(b"".join(kind + struct.pack("!I", len(body) + 4) + body for kind, body in messages))
        return self._answers()

    def query(self, sql):
        return self.send(query(sql))

    def _answers(self):
        found = []
        while True:
            kind, length = struct.unpack("!cI", self.received.read(5))
            body = self.received.read(length - 4)
            if kind == b"Z":
                return found
            if kind == b"D":
                found.append(self._row(body))
            elif kind in b"EN":
                fields = {field[:1]: field[1:].decode() for field in body.split(b"\0") if field}
                found.append(f"{'ERROR' if kind == b'E' else 'NOTICE'} {fields[b'C']} {fields[b'M']}")
            elif kind == b"C":
                found.append(body[:-1].decode())
            elif kind == b"s":
                found.append("suspended")
            elif kind == b"V":
                found.append((None if body[:4] == b"\xff" * 4 else body[4:].decode(),))

    @staticmethod
    def _row(body):
        values, at = [], 2
        for _ in range(struct.unpack_from("!h", body)[0]):
            length = struct.unpack_from("!i", body, at)[0]
            at += 4
            values.append(None if length < 0 else body[at:at + length].decode())
            at += max(length, 0)
        return tuple(values)
