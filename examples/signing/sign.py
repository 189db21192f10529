import base64, hmac, json, os, time


def sign(claims):
    encode = lambda part: base64.urlsafe_b64encode(part).rstrip(b"=")
    text = encode(b'{"alg":"HS256"}') + b"." + encode(json.dumps(claims).encode())
    key = os.environ["ALIAS_SIGNING_SECRET"].encode()
    return (text + b"." + encode(hmac.digest(key, text, "sha256"))).decode()


now = int(time.time())
# An alias token: the visitor anon_1 has signed in as user_1.
print(sign({"siteKey": "my_app", "anonymousId": "anon_1", "userHash": "user_1", "exp": now + 10 * 60}))
# A user token: whoever holds it is user_1.
print(sign({"siteKey": "my_app", "sub": "user_1", "exp": now + 12 * 60 * 60}))
