-- SPDX-License-Identifier: BSD-2-Clause
-- Five seconds in which the root's signatures are wrong: what a resolver that has asked the root once was sent.
local small = require "lib.small"

scenario { name = "hostile", title = "A resolver that means harm", from = "2026-05-05T12:00Z", to = "+5s" }
collect { bin = "1s" }

local root, de = small.world()

small.traffic(de, 20, { timeout = "1s", attempts = 1, retry_on = {} })

at("+100ms", root:sign { key = "zsk", mismatched = 1 })
