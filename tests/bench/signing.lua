-- SPDX-License-Identifier: BSD-2-Clause
-- A zone with nothing but RRsets to be signed.
scenario { name = "signing", title = "RRsets to be signed", from = "2026-05-05T12:00Z", to = "+1h" }

local root = zone(".", { servers = { "198.18.0.1" } })

zone("x.", {
	parent = root,
	csk = { key = {} },
	servers = { ["ns.x."] = "198.18.1.1" },
	hosts = population { count = param("count", 20000), types = { A = 1, AAAA = 1 }, ttl = { [300] = 1 } },
})
