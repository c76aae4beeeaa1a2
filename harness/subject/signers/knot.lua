-- SPDX-License-Identifier: BSD-2-Clause
-- Knot DNS (CZ.NIC), 3.2 and later: knotd signs by its policy, keys and their states are in its KASP database.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

-- "3600s": its durations are seconds, or have a unit.
local function seconds(number)
	return ("%ds"):format(number)
end

local function policy(subject)
	local is = subject.policy
	return lines {
		"policy:",
		"  - id: scenario",
		"    algorithm: " .. is.algorithm,
		"    single-type-signing: " .. (is.csk and "on" or "off"),
		"    ksk-lifetime: " .. seconds(is.ksk_lifetime),
		"    zsk-lifetime: " .. seconds(is.csk and 0 or is.zsk_lifetime),
		"    dnskey-ttl: " .. seconds(is.dnskey_ttl),
		"    zone-max-ttl: " .. seconds(is.max_zone_ttl),
		"    propagation-delay: " .. seconds(is.propagation),
		"    rrsig-lifetime: " .. seconds(is.validity),
		"    rrsig-refresh: " .. seconds(is.refresh),
		"    nsec3: " .. (is.nsec3 and "on" or "off"),
		-- RFC 9276: no salt, no iterations.
		is.nsec3 and "    nsec3-iterations: 0\n    nsec3-salt-length: 0" or "",
		"    cds-cdnskey-publish: " .. (subject.signing == "leaving" and "delete-dnssec" or "rollover"),
		"    ksk-submission: parent",
		subject.hsm and "    keystore: hsm" or "",
	}
end

local function keystore(subject)
	local hsm = subject.hsm
	if not hsm then return "" end
	return lines {
		"keystore:",
		"  - id: hsm",
		"    backend: pkcs11",
		('    config: "pkcs11:token=%s;pin-value=%s %s"'):format(hsm.token, hsm.pin, hsm.module),
	}
end

-- Transfers and NOTIFY are signed with it, and no other is answered.
local function key(subject, how)
	local tsig = subject.tsig
	return tsig and how:format(tsig.name, tsig.algorithm, tsig.secret) or ""
end

-- The zone comes by transfer, and not as a file.
local function hidden(subject, how)
	return subject.primary and how:format(subject.primary) or ""
end

local function configuration(subject)
	return key(subject, "key:\n  - id: %s\n    algorithm: %s\n    secret: %s\n") .. lines {
		"server:",
		'    rundir: "' .. subject.folder .. '"',
		"    listen: " .. subject.address4 .. "@53",
		"    udp-workers: 1",
		"    tcp-workers: 1",
		"    background-workers: 1",
		"log:",
		"  - target: stderr",
		"    any: info",
		"database:",
		'    storage: "' .. subject.folder .. '"',
		"    journal-db-max-size: 256M",
		"    kasp-db-max-size: 64M",
		"    timer-db-max-size: 16M",
		"remote:",
		"  - id: secondary",
		"    address: " .. subject.notify .. "@53",
		key(subject, "    key: %s"),
		"  - id: parent",
		"    address: " .. subject.parent.address .. "@53",
		hidden(subject, "  - id: primary\n    address: %s@53\n"),
		hidden(subject, key(subject, "    key: %s")),
		"acl:",
		"  - id: secondary",
		"    address: " .. subject.transfers_from,
		key(subject, "    key: %s"),
		"    action: transfer",
		hidden(subject, "  - id: primary\n    address: %s\n    action: notify\n"),
		hidden(subject, key(subject, "    key: %s")),
		"submission:",
		"  - id: parent",
		"    parent: parent",
		"    check-interval: " .. seconds(subject.parent.polls),
	} .. keystore(subject) .. policy(subject) .. lines {
		"zone:",
		"  - domain: " .. subject.zone,
		'    storage: "' .. subject.folder .. '"',
		"    file: " .. subject.unsigned,
		-- The file stays the unsigned zone; what is signed is in the journal.
		"    zonefile-sync: -1",
		"    zonefile-load: " .. (subject.primary and "none" or "difference-no-serial"),
		hidden(subject, "    master: primary"),
		"    journal-content: all",
		"    dnssec-signing: " .. (subject.signing == "off" and "off" or "on"),
		"    dnssec-policy: scenario",
		"    notify: secondary",
		"    acl: [ secondary" .. hidden(subject, ", primary") .. " ]",
	}
end

local function control(subject, ...)
	return { subject.control, "-c", "knot.conf", ... }
end

-- A key takes the place of all that there are of its kind.
local OTHER_KEY = [[
set -e
for keymgr in "${0%knotc}keymgr" "${0%sbin/knotc}bin/keymgr" keymgr; do ! command -v "$keymgr" >/dev/null || break; done
old=$("$keymgr" -c knot.conf -x "$1" list | sed -n "s/^\\([0-9a-f]*\\) [0-9]* $2 .*/\\1/p")
[ "$old" ] || { echo 'there is no such key'; exit 1; }
"$keymgr" -c knot.conf -x "$1" generate "ksk=$3" publish=+0 ready=+0 active=+0
for key in $old; do "$keymgr" -c knot.conf -x "$1" delete "$key"; done
]]

local function other_key(subject, kind)
	return { "/bin/sh", "-c", OTHER_KEY, subject.control, subject.zone, kind:upper(), kind == "zsk" and "no" or "yes" }
end

return {
	name = "knot",
	title = "Knot DNS",
	program = "knotd",
	control = "knotc",
	package = "knot",
	version = { arguments = { "--version" }, pattern = "Knot DNS%D*(%d[%w.]*)" },
	configuration = "knot.conf",
	-- Its workers look for idle connections each second, and a year has 31 million of them; 3.5 looks for signals each
	-- 200 ms, and for its zones at the first time.
	timer_slack = "10m",
	sleep_slack = "1m",
	files = function(subject)
		return { ["knot.conf"] = configuration(subject) }
	end,
	start = function(subject)
		return { subject.program, "-c", "knot.conf" }
	end,
	-- The only key is a KSK to it.
	roll = function(subject, kind)
		return { control(subject, "zone-key-rollover", subject.zone, kind == "zsk" and "zsk" or "ksk") }
	end,
	key_store = { "keys" },
	own_keys = function(subject, kind)
		return { other_key(subject, kind) }
	end,
	private_keys = { "keys/keys/*.pem" },
	goes_unsigned = true,
	tsig = true,
	primary = true,
	hsm = true,
	resign = function(subject)
		return { control(subject, "zone-sign", subject.zone) }
	end,
	emergency = function(subject, kind)
		return { other_key(subject, kind), control(subject, "zone-sign", subject.zone) }
	end,
	reload = function(subject)
		return { control(subject, "reload") }
	end,
}
