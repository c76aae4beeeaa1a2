-- SPDX-License-Identifier: BSD-2-Clause
-- An expectation that does not hold.
local small = require "lib.small"

scenario { name = "disappointed", title = "Hopes for the wrong thing", from = "2026-05-05T12:00Z", to = "+60s" }

local _, de = small.world()

small.traffic(de, 5)

expect("everything fails", function(run)
	return run:share("servfail", "+0s", "+60s") > 0.9
end)
