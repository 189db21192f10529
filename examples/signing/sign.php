<?php

function sign(array $claims): string
{
    $encode = fn (string $part) => rtrim(strtr(base64_encode($part), '+/', '-_'), '=');
    $text = $encode('{"alg":"HS256"}') . '.' . $encode(json_encode($claims));
    return $text . '.' . $encode(hash_hmac('sha256', $text, getenv('ALIAS_SIGNING_SECRET'), true));
}

$now = time();
// An alias token: the visitor anon_1 has signed in as user_1.
echo sign(['siteKey' => 'my_app', 'anonymousId' => 'anon_1', 'userHash' => 'user_1', 'exp' => $now + 10 * 60]), "\n";
// A user token: whoever holds it is user_1.
echo sign(['siteKey' => 'my_app', 'sub' => 'user_1', 'exp' => $now + 12 * 60 * 60]), "\n";
