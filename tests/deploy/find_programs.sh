#!/bin/sh
# What the tests of the samples in deploy/ run them with: what is there, else the packages.
set -eu
lacking=""
for each in haproxy:haproxy nginx:nginx systemd-analyze:systemd; do
  PATH="$PATH:/usr/sbin" command -v "${each%:*}" >/dev/null 2>&1 || lacking="$lacking ${each#*:}"
done
[ -n "$lacking" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests of the samples in deploy/:$lacking"
  # The packages would start servers on the usual ports; nobody wants those here.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
  fi
  # shellcheck disable=SC2086
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $lacking >/dev/null
else
  echo "Not found, so tests of the samples in deploy/ will be skipped:$lacking. Install these packages."
fi
