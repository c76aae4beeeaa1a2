-- SPDX-License-Identifier: BSD-2-Clause
-- BIND 9 (ISC), 9.18 and later: named signs by a dnssec-policy; keys and their .state files are in its folder.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

-- A key that is never rolled, or after so many seconds.
local function lifetime(number)
	return number == 0 and "unlimited" or ("PT%dS"):format(number)
end

local function seconds(number)
	return ("PT%dS"):format(number)
end

local function keys(is)
	local algorithm = is.algorithm
	if is.csk then
		return ("csk lifetime %s algorithm %s;"):format(lifetime(is.ksk_lifetime), algorithm)
	end
	return ("ksk lifetime %s algorithm %s; zsk lifetime %s algorithm %s;"):format(
		lifetime(is.ksk_lifetime), algorithm, lifetime(is.zsk_lifetime), algorithm
	)
end

local function policy(subject)
	local is = subject.policy
	return lines {
		'dnssec-policy "scenario" {',
		"    keys { " .. keys(is) .. " };",
		"    dnskey-ttl " .. seconds(is.dnskey_ttl) .. ";",
		"    max-zone-ttl " .. seconds(is.max_zone_ttl) .. ";",
		"    zone-propagation-delay " .. seconds(is.propagation) .. ";",
		"    parent-ds-ttl " .. seconds(subject.parent.ds_ttl) .. ";",
		"    parent-propagation-delay " .. seconds(subject.parent.propagation) .. ";",
		"    signatures-validity " .. seconds(is.validity) .. ";",
		"    signatures-validity-dnskey " .. seconds(is.validity) .. ";",
		"    signatures-refresh " .. seconds(is.refresh) .. ";",
		-- RFC 9276: no salt, no iterations.
		is.nsec3 and "    nsec3param iterations 0 optout no salt-length 0;" or "",
		"};",
	}
end

-- The namespace is its own: nobody else reaches its loopback, and the key keeps nothing secret.
local KEY = 'key "control" { algorithm hmac-sha256; secret "c2lnZmF1bHQgc2lnZmF1bHQgc2lnZmF1bHQ="; };'

-- Its policy `insecure` asks for the DS to be taken out, waits for that, and goes unsigned by itself.
local HOW = {
	on = '    inline-signing yes;\n    dnssec-policy "scenario";',
	leaving = '    inline-signing yes;\n    dnssec-policy "insecure";',
	off = "    inline-signing no;",
}

-- Transfers and NOTIFY are signed with it, and no other is answered.
local function key(subject, how)
	local tsig = subject.tsig
	return tsig and how:format(tsig.name, tsig.algorithm, tsig.secret) or nil
end

local function configuration(subject)
	return (key(subject, 'key "%s" { algorithm %s; secret "%s"; };\n') or "") .. lines {
		"options {",
		'    directory "' .. subject.folder .. '";',
		'    managed-keys-directory "' .. subject.folder .. '";',
		"    pid-file none;",
		"    session-keyfile none;",
		"    listen-on { " .. subject.address4 .. "; };",
		"    listen-on-v6 { none; };",
		"    recursion no;",
		"    dnssec-validation no;",
		"    notify explicit;",
		"    also-notify { " .. subject.notify .. (key(subject, ' key "%s"') or "") .. "; };",
		"    allow-transfer { " .. (key(subject, 'key "%s"') or subject.transfers_from) .. "; };",
		"};",
		KEY,
		'controls { inet 127.0.0.1 port 953 allow { 127.0.0.1; } keys { "control"; }; };',
	} .. policy(subject) .. lines {
		'zone "' .. subject.zone .. '" {',
		subject.primary and "    type secondary;" or "    type primary;",
		subject.primary and "    primaries { " .. subject.primary .. (key(subject, ' key "%s"') or "") .. "; };" or "",
		'    file "' .. subject.unsigned .. '";',
		HOW[subject.signing],
		"    parental-agents { " .. subject.parent.address .. "; };",
		"};",
	}
end

local function control(subject, ...)
	return { subject.control, "-c", "rndc.conf", ... }
end

-- The numbers of the keys of a kind that it means to keep, for a command that wants one.
local EACH_KEY = [[
set -e
seen=no
for file in K*.state; do
	grep -q "^KSK: $2" "$file" && grep -q "^ZSK: $3" "$file" && grep -q '^GoalState: omnipresent' "$file" || continue
	key=${file%.state}
	"$0" -c rndc.conf dnssec -rollover -key "${key##*+}" "$1"
	seen=yes
done
[ $seen = yes ] || { echo 'there is no such key'; exit 1; }
]]

-- A key takes the place of each of a kind, and is held for one that all caches know.
local OTHER_KEY = [[
set -e
seen=no
for file in K*.state; do
	grep -q "^KSK: $2" "$file" && grep -q "^ZSK: $3" "$file" && grep -q '^GoalState: omnipresent' "$file" || continue
	algorithm=$(sed -n 's/^Algorithm: //p' "$file")
	new=$(dnssec-keygen -q -K . -a "$algorithm" $5 "$1")
	dnssec-settime -s -K . -P now -A now -g OMNIPRESENT -k OMNIPRESENT now "$4" OMNIPRESENT now "$new" >/dev/null
	dnssec-settime -s -K . -I now -g HIDDEN -k HIDDEN now "$4" HIDDEN now "${file%.state}" >/dev/null
	echo "$new"
	seen=yes
done
[ $seen = yes ] || { echo 'there is no such key'; exit 1; }
]]

local KINDS = { ksk = { "yes", "no" }, zsk = { "no", "yes" }, csk = { "yes", "yes" } }

local function other_key(subject, kind)
	local is, state = KINDS[kind], kind == "zsk" and "-z" or "-r"
	local flag = kind == "zsk" and "" or "-fKSK"
	return { "/bin/sh", "-c", OTHER_KEY, subject.control, subject.zone, is[1], is[2], state, flag }
end

return {
	name = "bind",
	title = "BIND 9",
	program = "named",
	control = "rndc",
	package = "bind9",
	version = { arguments = { "-v" }, pattern = "BIND (%d[%w.]*)" },
	configuration = "named.conf",
	files = function(subject)
		return {
			["named.conf"] = configuration(subject),
			["rndc.conf"] = lines {
				KEY,
				'options { default-server 127.0.0.1; default-port 953; default-key "control"; };',
			},
		}
	end,
	start = function(subject)
		return { subject.program, "-g", "-n", "1", "-c", "named.conf" }
	end,
	roll = function(subject, kind)
		local is = KINDS[kind]
		return { { "/bin/sh", "-c", EACH_KEY, subject.control, subject.zone, is[1], is[2] } }
	end,
	key_store = { "K*" },
	own_keys = function(subject, kind)
		return { other_key(subject, kind) }
	end,
	private_keys = { "K*.private" },
	goes_unsigned = true,
	tsig = true,
	primary = true,
	resign = function(subject)
		return { control(subject, "sign", subject.zone) }
	end,
	emergency = function(subject, kind)
		return { other_key(subject, kind), control(subject, "loadkeys", subject.zone) }
	end,
	reload = function(subject)
		if subject.signing == "off" then
			return { control(subject, "reconfig"), control(subject, "reload", subject.zone) }
		end
		return { control(subject, "reconfig"), control(subject, "loadkeys", subject.zone) }
	end,
}
