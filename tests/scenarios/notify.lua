-- SPDX-License-Identifier: BSD-2-Clause
-- A root that a resolver has a copy of, which is told of each new version; what changes in it is the DS of one zone.
scenario { name = "notify", from = "2026-05-05T12:00Z", to = "+10m" }
local root = zone(".", { servers = { "198.18.0.1" }, version_every = "5m",
	transfer = { to = { "198.19.0.0/16" }, notify = { "198.19.0.53" } }, ttl = { ds = 60, delegation = 60 },
	delegations = population { count = 300, signed = 0.8 } })
local de = zone("de.", { parent = root, servers = { "198.18.1.1" }, delegations = population { count = 20, signed = 0.1 } })
traffic { zone = de, rate = 5 }
if param("dark", false) then
	at("12:03", root:fault("authority-dark", { to = "12:04", over = "udp" }))
end
at("12:03:30", de:fault("ds-no-matching-dnskey", { to = "12:06:30" }))
mitigation("local-root", { about = "has a copy of the root (RFC 8806)", settings = { unbound = [[
auth-zone:
    name: "."
    primary: 198.18.0.1
    for-downstream: no
    for-upstream: yes
    fallback-enabled: yes
    zonefile: "root.zone"
]] } })
