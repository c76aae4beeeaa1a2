-- SPDX-License-Identifier: BSD-2-Clause
-- A zone that a real signer signs ('sigfault sign'), and then the same out of what that one published (versions = FOLDER).
local versions = param("versions", "")
local from = param("from", versions == "" and "2026-01-01T00:00Z" or "2026-01-01T01:00Z")
scenario { name = "served", from = from, to = param("to", versions == "" and "+16d" or "+15d") }
collect { bin = "6h" }
local root = zone(".", { servers = { "198.18.0.1" } })

if versions == "" then
	local de = zone("de.", { parent = root, servers = { "198.18.1.1", "198.18.1.2" }, ttl = { negative = 3600 },
		delegations = population { count = 10, signed = 0.2 } })
	signer("registry", { zone = de, driver = "knot",
		policy = { ksk_lifetime = "8d", zsk_lifetime = "5d", dnskey_ttl = 3600, propagation = "1h", validity = "14d", refresh = "12d",
			nsec3 = param("nsec3", false) },
		parent = { polls = "1h", propagation = "1h" } })
else
	local lag, polls, stale = param("lag", "0s"), param("polls", ""), param("stale", "")
	local late = { "198.18.1.1", lag = lag, polls = polls ~= "" and polls or nil }
	local de = zone("de.", { parent = root, versions = versions, servers = { late, "198.18.1.2" } })
	if stale ~= "" then at("+1m", de:fault("stale-copy", { age = stale })) end
	traffic { zone = de, rate = param("rate", 0.003), nxdomain = 1, dnssec_ok = true }
end
