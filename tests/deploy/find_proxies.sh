#!/bin/sh
# HAProxy and nginx for the tests of the samples in deploy/: those that are there, else the packages.
set -eu
lacking=""
for name in haproxy nginx; do
  PATH="$PATH:/usr/sbin" command -v "$name" >/dev/null 2>&1 || lacking="$lacking $name"
done
[ -n "$lacking" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests of the proxies:$lacking"
  # The packages would start servers on the usual ports; nobody wants those here.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
  fi
  # shellcheck disable=SC2086
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $lacking >/dev/null
else
  echo "Not found, so the tests of the proxies will be skipped:$lacking. Install these packages."
fi
