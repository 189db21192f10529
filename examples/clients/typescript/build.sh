npm ci --silent
npm run --silent generate
npm run --silent types
npm run --silent bundle -- --log-level=warning
