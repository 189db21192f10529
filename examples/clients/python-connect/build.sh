python3 -m venv venv
venv/bin/pip install --quiet --requirement requirements.txt
buf generate streakd
