-- SPDX-License-Identifier: BSD-2-Clause
-- A fault that no query can reach: nobody asks for names under org.
local small = require "lib.small"

scenario { name = "unseen", title = "A fault that nobody sees", from = "2026-05-05T12:00Z", to = "+60s" }

local root, de = small.world()
local org = zone("org.", { parent = root, algorithm = "ECDSAP256SHA256", servers = { "198.18.2.1" } })

small.traffic(de, 5)

at("+10s", org:sign { key = "zsk", mismatched = 1 })
