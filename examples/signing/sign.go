package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

var encode = base64.RawURLEncoding.EncodeToString

func sign(claims map[string]any) string {
	payload, _ := json.Marshal(claims)
	text := encode([]byte(`{"alg":"HS256"}`)) + "." + encode(payload)
	mac := hmac.New(sha256.New, []byte(os.Getenv("ALIAS_SIGNING_SECRET")))
	mac.Write([]byte(text))
	return text + "." + encode(mac.Sum(nil))
}

func main() {
	now := time.Now().Unix()
	// An alias token: the visitor anon_1 has signed in as user_1.
	fmt.Println(sign(map[string]any{"siteKey": "my_app", "anonymousId": "anon_1", "userHash": "user_1", "exp": now + 10*60}))
	// A user token: whoever holds it is user_1.
	fmt.Println(sign(map[string]any{"siteKey": "my_app", "sub": "user_1", "exp": now + 12*60*60}))
}
