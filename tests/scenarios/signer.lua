-- SPDX-License-Identifier: BSD-2-Clause
-- A zone that a real signer signs, whose keys roll: the KSK once, the ZSK three times.
scenario { name = "signer", from = "2026-01-01T00:00Z", to = param("to", "+100d") }
local root = zone(".", { servers = { "198.18.0.1" } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, ttl = { negative = 3600 },
	delegations = population { count = 10, signed = 0.2 } })
signer("registry", { zone = de, driver = param("driver", "knot"),
	policy = { ksk_lifetime = "60d", zsk_lifetime = param("zsk", "30d"), dnskey_ttl = 3600, propagation = "1h",
		validity = "14d", refresh = "7d",
		nsec3 = param("nsec3", false) },
	parent = { polls = "1h", propagation = "1h" } })
