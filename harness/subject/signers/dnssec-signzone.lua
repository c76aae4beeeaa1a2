-- SPDX-License-Identifier: BSD-2-Clause
-- BIND's tools (ISC): a script that cron runs makes keys by dnssec-keygen and signs by dnssec-signzone.
local cron = require "lib.cron"

return cron.driver({
	name = "dnssec-signzone",
	title = "dnssec-signzone",
	program = "dnssec-signzone",
	package = "bind9-utils",
	version = { arguments = { "-V" }, pattern = "signzone (%d[%w.]*)" },
}, [[
make_key() {
	[ "$1" = zsk ] && flag= || flag='-f KSK'
	dnssec-keygen -q -K keys $flag -a "$algorithm" "$zone"
}
ds_of() { dnssec-dsfromkey -2 "keys/$1.key"; }
date_of() { date -u -d "@$1" +%Y%m%d%H%M%S; }
# Keys that are published and do not sign lie where it does not look for them.
sign_zone() {
	[ "$nsec3" = no ] && proof= || proof='-3 - -H 0'
	[ "$kinds" = csk ] && how=-z || how=-x
	dnssec-signzone -q -n 1 $proof $how -O full -o "$zone" -s "$(date_of "$3")" -e "$(date_of "$4")" -f "$2" "$1" \
		$(printf '%s\n' $5 $6 | sort -u) >/dev/null
}
]])
