import { createHmac } from "node:crypto";

function sign(claims) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode({ alg: "HS256" })}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", process.env.ALIAS_SIGNING_SECRET).update(text).digest("base64url")}`;
}

const now = Math.floor(Date.now() / 1000);
// An alias token: the visitor anon_1 has signed in as user_1.
console.log(sign({ siteKey: "my_app", anonymousId: "anon_1", userHash: "user_1", exp: now + 10 * 60 }));
// A user token: whoever holds it is user_1.
console.log(sign({ siteKey: "my_app", sub: "user_1", exp: now + 12 * 60 * 60 }));
