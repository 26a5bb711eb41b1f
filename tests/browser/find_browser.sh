#!/bin/sh
# A Chromium for the browser tests: the one that is there, else the system's package.
set -eu
[ -z "${AFTERGLOW_CHROMIUM:-}" ] || exit 0
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core \
    >/dev/null
else
  echo "No Chromium was found: the browser tests will be skipped. Install the package chromium."
fi
