-- SPDX-License-Identifier: BSD-2-Clause
-- A zone that a script signs, which cron runs: in half a year the KSK is rolled twice as often as the ZSK.
scenario { name = "signer-script", from = "2026-01-01T00:00Z", to = param("to", "+183d") }
local root = zone(".", { servers = { "198.18.0.1" }, ttl = { ds = 3600 } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, ttl = { negative = 3600 },
	delegations = population { count = 5, signed = 0.2 } })
local csk = param("csk", false)
local registry = signer("registry", { zone = de, driver = param("driver", "ldns"), every = "2d",
	policy = { ksk_lifetime = "70d", zsk_lifetime = not csk and "60d" or nil, dnskey_ttl = 3600, propagation = "1h", validity = "30d", refresh = "10d",
		nsec3 = param("nsec3", false), csk = csk },
	parent = { polls = "1h", propagation = "1h" } })

-- Of a script that says nothing of it by CDS.
if param("ds", false) then at("2026-01-01T02:00Z", registry:parent_ds "newest") end
if param("lost", false) then at("2026-01-03T12:00Z", registry:hsm_lost()) end
