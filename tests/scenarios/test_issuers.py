"""Tokens of real issuers' libraries, Python's PyJWT and Node's jose, in each algorithm; and forged ones."""

import base64
import json
import subprocess
import sys
import time
import uuid

from devtools import fetch, paths
from runner.chance import chance
from runner.scenario import Scenario

ALGORITHMS = ("RS256", "ES256", "EdDSA", "HS256")
USER = uuid.uuid5(uuid.NAMESPACE_DNS, "user.example.org")
OTHER = uuid.uuid5(uuid.NAMESPACE_DNS, "other.example.org")
SECRET = b"a shared secret of 32 or more bytes"


def library():
    """PyJWT, at the version that versions.toml pins."""
    folder = str(fetch.python("jwt"))
    if folder not in sys.path:
        sys.path.append(folder)
    import jwt
    return jwt


def generated():
    """A private key for each algorithm."""
    library()
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    return {"RS256": rsa.generate_private_key(65537, 2048), "ES256": ec.generate_private_key(ec.SECP256R1()),
            "EdDSA": ed25519.Ed25519PrivateKey.generate(), "HS256": SECRET}


def public(algorithm, key):
    """The key as a JSON Web Key, as an issuer publishes it; a shared secret as it is."""
    handler = library().get_algorithm_by_name(algorithm)
    shared = algorithm == "HS256"
    return json.loads(handler.to_jwk(key if shared else key.public_key())) | {"kid": algorithm, "alg": algorithm}


def claims(user=USER, **further):
    return {"sub": str(user), "iss": "issuer", "aud": "here", "exp": int(time.time()) + 600} | further


def encoded(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).rstrip(b"=").decode()


class Issuers(Scenario):
    majors = (18, 15)

    def setUp(self):
        self.db = self.database()
        self.cluster.psql(self.db, f"""
            insert into tenancy.tenants (name) values ('provider'), ('one'), ('two');
            insert into tenancy.contacts (id, tenant_id, name, email)
            select case name when 'one' then '{USER}'::uuid else '{OTHER}' end, id, name, 'x@example.org' from tenancy.tenants
            where name in ('one', 'two');
            insert into tenancy.users (id) select id from tenancy.contacts;
            insert into tenancy.user_roles select u.id, r.id from tenancy.users u, tenancy.roles r where r.name = 'member';
            create table app.item (tenant_id uuid not null, name text);
            insert into app.item select id, name from tenancy.tenants where name in ('one', 'two');
            select from tenancy.protect('app.item', 'required');
            grant select on app.item to app;""")
        self.pg = self.psycopg()
        self.app = self.pg.connect(self.cluster.conninfo(self.db, "app"))
        self.addCleanup(self.app.close)
        self.keys = generated()

    def trust(self, jwk, issuer="issuer", audience="here"):
        with self.pg.connect(self.cluster.conninfo(self.db)) as superuser:
            superuser.execute("insert into tenancy.token_keys (jwk, issuer, audience) values (%s, %s, %s)",
                              [json.dumps(jwk), issuer, audience])

    def seen(self, token):
        with self.app.transaction():
            self.app.execute("select set_config('tenancy.token', %s, true)", [token])
            return [row[0] for row in self.app.execute("select name from app.item")]

    def assert_refused(self, token, why):
        for statement in ("select tenancy.authenticate(%s)", None):
            with self.assertRaises(self.pg.Error, msg=why) as refused:
                self.app.execute(statement, [token]) if statement else self.seen(token)
            self.assertEqual(refused.exception.sqlstate, "28000", f"{why}: {refused.exception}")
            self.app.rollback()

    def signed(self, algorithm, said=None, header=None):
        return library().encode(said or claims(), self.keys[algorithm], algorithm, {"kid": algorithm} | (header or {}))

    def test_python(self):
        for algorithm in ALGORITHMS:
            self.trust(public(algorithm, self.keys[algorithm]))
            self.assertEqual(self.seen(self.signed(algorithm)), ["one"], algorithm)
            self.assertEqual(self.seen(self.signed(algorithm, claims(OTHER, aud=["there", "here"]))), ["two"], algorithm)

    def test_node(self):
        node, folder = fetch.node()
        script = paths.ROOT / "tests/scenarios/issuers.js"
        told = json.dumps({"claims": claims()})
        done = subprocess.run([node, script, folder], input=told, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        made = json.loads(done.stdout)
        self.assertEqual([one["jwk"]["alg"] for one in made], list(ALGORITHMS))
        for one in made:
            self.trust(one["jwk"])
            self.assertEqual(self.seen(one["token"]), ["one"], one["jwk"])

    def test_forged(self):
        from hashlib import sha256
        import hmac
        for algorithm in ALGORITHMS:
            self.trust(public(algorithm, self.keys[algorithm]))
        jwt = library()
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, padding

        def assembled(header, said, signature):
            """A token put together by hand; signature is made of the message."""
            message = f"{encoded(header)}.{encoded(said)}"
            return f"{message}.{encoded(signature(message.encode()))}"

        # somebody else's keys, under the names of those that are trusted
        strangers = generated() | {"HS256": b"another secret of 32 or more bytes.."}
        for algorithm in ALGORITHMS:
            self.assert_refused(jwt.encode(claims(), strangers[algorithm], algorithm, {"kid": algorithm}), f"stranger's {algorithm}")
            stranger = public(algorithm, strangers[algorithm])
            for header in ({"jwk": stranger}, {"jku": "https://example.org/keys"}, {"x5u": "https://example.org/cert"}):
                token = jwt.encode(claims(), strangers[algorithm], algorithm, {"kid": algorithm} | header)
                self.assert_refused(token, f"a header that brings its own key: {header}")
        # no signature at all
        for name in ("none", "None", "NONE", "nOnE", ""):
            for kid in ALGORITHMS:
                self.assert_refused(assembled({"alg": name, "kid": kid}, claims(), lambda _: b""), f"alg {name!r}, key {kid}")
        # a public key as a shared secret, in all the spellings in which libraries take it
        for algorithm in ("RS256", "ES256", "EdDSA"):
            key = self.keys[algorithm].public_key()
            pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            jwk = public(algorithm, self.keys[algorithm])
            part = jwk.get("n", jwk.get("x"))
            raw = base64.urlsafe_b64decode(part + "==")
            for secret in (pem, pem.strip(), der, part.encode(), raw, json.dumps(jwk).encode(), b""):
                for kid in (algorithm, "HS256"):
                    self.assert_refused(assembled({"alg": "HS256", "kid": kid}, claims(),
                                                  lambda message: hmac.digest(secret, message, sha256)), f"{algorithm} as HMAC")
        # each algorithm with each other key
        for algorithm in ALGORITHMS:
            for kid in set(ALGORITHMS) - {algorithm}:
                self.assert_refused(self.signed(algorithm, header={"kid": kid}), f"{algorithm} for {kid}")
        # signatures of other shapes
        def signs(message):
            return self.keys["ES256"].sign(message, ec.ECDSA(hashes.SHA256()))

        def pss(message):
            return self.keys["RS256"].sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

        def sha512(message):
            return self.keys["RS256"].sign(message, padding.PKCS1v15(), hashes.SHA512())

        self.assert_refused(assembled({"alg": "ES256", "kid": "ES256"}, claims(), signs), "ES256 in DER")
        for zeros in (b"\0" * 64, b"\0" * 63 + b"\1", b"", b"\0" * 256):
            for algorithm in ALGORITHMS:
                self.assert_refused(assembled({"alg": algorithm, "kid": algorithm}, claims(), lambda _: zeros), f"zeros for {algorithm}")
        for algorithm, maker in (("RS256", pss), ("RS256", sha512), ("PS256", pss), ("RS512", sha512)):
            self.assert_refused(assembled({"alg": algorithm, "kid": "RS256"}, claims(), maker), f"{maker.__name__} as {algorithm}")
        # parts of good tokens put together
        for algorithm in ALGORITHMS:
            head, said, signature = self.signed(algorithm).split(".")
            other = self.signed(algorithm, claims(OTHER)).split(".")
            self.assert_refused(f"{head}.{other[1]}.{signature}", "others' claims")
            self.assert_refused(f"{head}.{said}.{other[2]}", "others' signature")
            self.assert_refused(f"{head}.{said}.", "no signature")
            self.assert_refused(f"{head}.{said}", "two parts")
            self.assert_refused(f"{head}.{said}.{signature}.", "four parts")
            self.assert_refused(f"{head}.{said}.{signature}\n", "a line's end")
        # what is said does not fit, by the server's clock
        now = int(self.cluster.psql(self.db, "select extract(epoch from clock_timestamp())::bigint"))
        for said in ({"exp": now - 60}, {"nbf": now + 600}, {"aud": "there"}, {"iss": "stranger"},
                     {"sub": "nobody"}, {"sub": str(uuid.uuid4())}, {"exp": "9999999999"}, {"tenancy.tenant": str(USER)},
                     {"tenancy.role": "administrator"}):
            good = claims() | said
            self.assert_refused(assembled({"alg": "HS256", "kid": "HS256"}, good,
                                          lambda message: hmac.digest(SECRET, message, sha256)), said)
        # and that it was not the hand's fault
        self.assertEqual(self.seen(assembled({"alg": "HS256", "kid": "HS256"}, claims(),
                                             lambda message: hmac.digest(SECRET, message, sha256))), ["one"])

    @chance(seconds=3)
    def test_random(self, dice):
        """Whatever a trusted issuer signs, and whatever is made of it on its way: the rows of whom it names, or a refusal."""
        from hashlib import sha256
        import hmac
        self.trust(public("HS256", SECRET))
        others = (None, True, 0, -1e300, 2 ** 64, "", "x", "\0", "'", "HS256\0", "\udc80", str(USER), str(OTHER), str(OTHER).upper(),
                  f"{{{USER}}}", f"urn:uuid:{USER}", "here", "issuer", "member", [], ["here"], {}, {"a": 1}, "a" * 6000)
        names = ("sub", "iss", "aud", "exp", "nbf", "tenancy.user", "tenancy.tenant", "tenancy.role", "alg", "kid", "typ", "crit", "\0")
        seen = {"one": 0, "two": 0, "refused": 0}
        for _ in dice.rounds():
            head, said = {"alg": "HS256", "kid": "HS256"}, claims(dice.choice((USER, OTHER)))
            for _ in range(dice.choice((0, 1, 1, 2, 5))):
                part = dice.choice((head, said, said))
                part[dice.choice(names)] = dice.choice(others)
            message = f"{encoded(head)}.{encoded(said)}"
            token = f"{message}.{encoded(hmac.digest(SECRET, message.encode(), sha256))}"
            sent = token
            if dice.random() < 0.3:
                place = dice.randrange(len(token))
                sent = token[:place] + dice.choice(".=-_Aa0 \n{é") + token[place + 1:]
            dice.cases += 1
            try:
                rows = self.seen(sent)
            except self.pg.Error as error:
                self.assertEqual(error.sqlstate, "28000", f"{error} of {sent}")
                self.app.rollback()
                seen["refused"] += 1
                continue
            self.assertEqual(sent, token, "it was changed on its way")
            user = uuid.UUID(said.get("tenancy.user", said["sub"]))
            self.assertEqual(rows, [{USER: "one", OTHER: "two"}[user]], f"{head} {said}")
            seen[rows[0]] += 1
        self.assertTrue(all(seen.values()), seen)
