-- SPDX-License-Identifier: BSD-2-Clause
-- A zone for each fault of the catalogue, after one template; half an hour after the start all of them break.
local only = param("only", "") -- the name of one fault: its zone alone

scenario { name = "faults", title = "The whole catalogue", from = "2026-05-05T12:00Z", to = "+60m" }

local root = zone(".", { algorithm = "RSASHA256", servers = { { "198.18.0.1", "fd00:5f::1" } } })
local de = zone("de.", {
	parent = root,
	algorithm = "RSASHA256",
	nsec3 = { optout = true },
	servers = { { "198.18.1.1", "fd00:5f::1:1" } },
	ttl = { delegation = 600, ds = 600 },
})

local count = 0

-- The template of "Extended DNS Errors" (IMC 2023): one server below the zone, addresses at the apex, nothing else.
local function template(name, more)
	count = count + 1
	local t = {
		parent = de,
		algorithm = "RSASHA256",
		ksk = { bits = 2048 },
		zsk = { bits = 2048 },
		dnskey_signatures = "both",
		nsec3 = { iterations = 0, salt = "" },
		bare = true,
		soa = { mname = "ns1." .. name, refresh = 21600, retry = 3600, expire = 604800 },
		ttl = { soa = 600, ns = 600, dnskey = 600, negative = 86400, address = 600 },
		servers = { ["ns1." .. name] = ("198.18.%d.%d"):format(4 + count // 250, 1 + count % 250) },
	}
	for key, value in pairs(more) do
		t[key] = value or nil
	end
	return zone(name, t)
end

local nsec = { nsec3 = false, denial = "nsec" }
local unsigned = { signed = false, nsec3 = false, algorithm = false, ksk = false, zsk = false, dnskey_signatures = false }

local function break_zone(fault, parameters, more, label)
	label = label or fault
	if only == "" or only == label then
		at("+30m", template(label .. ".de.", more or {}):fault(fault, parameters))
	end
end

for _, fault in ipairs {
	"valid", "unsigned", "allow-query-none", "allow-query-localhost",
	"no-ds", "ds-bad-tag", "ds-bad-key-algo", "ds-unassigned-key-algo", "ds-reserved-key-algo",
	"ds-unassigned-digest-algo", "ds-bogus-digest-value", "ds-no-matching-dnskey", "ds-sha1", "ds-gost", "ds-referral",
	"no-zsk", "bad-zsk", "no-ksk", "bad-ksk", "no-dnskey", "no-dnskey-256", "no-dnskey-257", "no-dnskey-256-257",
	"ksk-revoked",
	"bad-protocol", "bad-zsk-algo", "unassigned-zsk-algo", "reserved-zsk-algo",
	"bad-ksk-algo", "unassigned-ksk-algo", "reserved-ksk-algo",
	"rrsig-exp-all", "rrsig-exp-a", "rrsig-not-yet-all", "rrsig-not-yet-a", "rrsig-exp-before-all", "rrsig-exp-before-a",
	"rrsig-no-all", "rrsig-no-a", "rrsig-expire-at", "no-rrsig-ksk", "no-rrsig-dnskey", "bad-rrsig-ksk", "bad-rrsig-dnskey",
	"rrsig-corrupt", "rrsig-wrong-signer", "rrsig-wrong-labels", "rrsig-wrong-ttl", "sig-by-unpublished-key",
	"bad-nsec3-hash", "bad-nsec3-next", "nsec3-wrong-next", "nsec3-too-wide", "bad-nsec3-rrsig", "nsec3-rrsig-missing", "nsec3-missing",
	"nsec3param-missing", "bad-nsec3param-salt", "no-nsec3param-nsec3", "nsec3-iter-200", "nsec3-salt", "nsec3-bad-algo",
	"nsec3-optout-everywhere", "nsec-bitmap-wrong",
	"dsa-nsec3-sha1", "rsasha1-nsec3-sha1", "rsasha256", "rsasha512", "ecc-gost", "ecdsap256sha256", "ecdsap384sha384",
	"ed25519", "ed448",
	"ksk-dropped-before-parent-ds-expiry", "standby-signer-other-zsk", "ds-removed-while-cached",
	"authority-dark", "not-auth", "authority-servfail", "stale-copy", "unsigned-copy", "tc-loop", "no-edns", "wrong-id",
	"wrong-source", "corrupt-answer", "ede-22", "rcode-yxdomain",
} do
	break_zone(fault)
end
for _, fault in ipairs { "rsamd5", "dsa", "rsasha1" } do
	break_zone(fault, nil, nsec)
end
for _, fault in ipairs { "nsec-missing", "bad-nsec-next", "nsec-wrong-next", "nsec-too-wide", "bad-nsec-rrsig", "nsec-rrsig-missing" } do
	break_zone(fault, nil, nsec)
end
for _, fault in ipairs {
	"v6-mapped", "v6-unspecified", "v4-hex", "v6-link-local", "v6-localhost", "v6-mapped-dep", "v6-doc", "v6-unique-local",
	"v6-nat64", "v6-multicast", "v4-private-10", "v4-private-172", "v4-private-192", "v4-this-host", "v4-loopback",
	"v4-link-local", "v4-doc", "v4-reserved",
} do
	break_zone(fault, nil, unsigned)
end
break_zone("sig-by-unpublished-key", { tag = "other" }, nil, "other-tag")
break_zone("algo-set-incomplete", { algorithm = "ed25519" })
break_zone("algo-roll-one-sided", { algorithm = "ed25519" })
break_zone("authority-drop", { share = 0.5 })
break_zone("authority-delay", { by = "700ms" })
break_zone("authority-pps-cap", { pps = 2 })
break_zone("path-mtu", { mtu = 600 })
break_zone("lagging-copy", { by = "20m" })
break_zone("keytrap", { keys = 8, sigs = 4 })

-- What wants a zone of another kind.
if only == "" then
	local other = template("loop-b.de.", {})
	break_zone("delegation-loop", { with = other }, nil, "loop-a")

	local function tld(name, address, nsec3, signed)
		return zone(name, {
			parent = root, signed = signed, nsec3 = nsec3, servers = { address },
			delegations = population { count = 200, signed = 0, hosters = 2 },
		})
	end
	at("+30m", tld("optout.", "198.18.2.1", { optout = true }):fault "nsec3-optout-missing")
	at("+30m", tld("cut.", "198.18.2.2", nil, false):fault("zone-truncated", { share = 0.25 }))
end
