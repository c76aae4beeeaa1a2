-- SPDX-License-Identifier: BSD-2-Clause
-- A signer in the way of a zone, which it has from a hidden primary by transfer: records come in there, and keys roll meanwhile.
scenario { name = "signer-hidden", from = "2026-01-01T00:00Z", to = param("to", "+12d") }
local root = zone(".", { servers = { "198.18.0.1" }, ttl = { ds = 3600 } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, ttl = { negative = 3600 },
	delegations = population { count = param("count", 100), signed = 0.2 } })
local registry = signer("registry", { zone = de, driver = param("driver", "knot"), source = "transfer",
	policy = { dnskey_ttl = 3600, propagation = "10m", validity = "14d", refresh = "7d" },
	parent = { polls = "1h", propagation = "10m" } })

at("2026-01-02T12:00Z", registry:add_record "first.de. 300 IN TXT \"one\"")
at("2026-01-03T00:00Z", registry:roll "ksk")
at("2026-01-03T12:00Z", registry:add_record "second 300 IN A 192.0.2.1")
at("2026-01-04T12:00Z", registry:add_record "www.fr. 300 IN A 192.0.2.1")
