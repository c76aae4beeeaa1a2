-- SPDX-License-Identifier: BSD-2-Clause
-- Rules as registries and companies have them, one of them by --set policy=N, for tests/signers: whoever signs by them is to leave no
-- cache bogus, however long he lives.
scenario { name = "policies", from = "2026-01-01T00:00Z", to = param("to", "+365d") }

local policies = {
	{ ksk_lifetime = "365d", zsk_lifetime = "35d", dnskey_ttl = 3600 },
	{ algorithm = "RSASHA256", ksk_lifetime = "730d", zsk_lifetime = "90d", dnskey_ttl = 86400, propagation = "2h" },
	{ csk = true, ksk_lifetime = "180d", dnskey_ttl = 7200 },
	{ ksk_lifetime = "120d", zsk_lifetime = "14d", dnskey_ttl = 300, propagation = "5m", validity = "7d", refresh = "3d" },
	{ algorithm = "ED25519", ksk_lifetime = "365d", zsk_lifetime = "60d", dnskey_ttl = 86400, nsec3 = true },
	{ zsk_lifetime = "30d", dnskey_ttl = 172800, propagation = "6h", validity = "30d", refresh = "10d" },
	{ ksk_lifetime = "60d", zsk_lifetime = "60d", dnskey_ttl = 3600, nsec3 = true },
	{ algorithm = "ECDSAP384SHA384", csk = true, ksk_lifetime = "365d", dnskey_ttl = 3600, validity = "21d", refresh = "14d" },
}
local number = (param("policy", 1) - 1) % #policies + 1

local root = zone(".", { servers = { "198.18.0.1" }, ttl = { ds = param("ds_ttl", 86400) } })
local tld = zone("example.", { parent = root, servers = { "198.18.1.1" }, ttl = { negative = 3600 },
	delegations = population { count = param("population", 10), signed = 0.2 } })
signer("registry", { zone = tld, driver = param("driver", "knot"), policy = policies[number],
	parent = { polls = "1h", propagation = "1h" } })
