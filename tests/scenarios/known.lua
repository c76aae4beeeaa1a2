-- SPDX-License-Identifier: BSD-2-Clause
-- Nothing breaks, for half a minute; of each resolver something right is known, and of Unbound and BIND something wrong as well.
local small = require "lib.small"

scenario { name = "known", title = "Half a minute", from = "2026-05-05T12:00Z", to = "+30s" }
collect { bin = "10s" }

local _, de = small.world("ECDSAP256SHA256")

small.traffic(de, 5)

local function answered(run)
	return run:share("noerror", "+0s", "+30s") == 1
end

expect("every query is answered", answered)
for _, name in ipairs { "unbound", "bind", "knot", "powerdns" } do
	knows(name, "any", "it answers", answered, { because = "nothing is broken" })
	knows(name, "< 0.1, > 0.2", "no version is that old", function()
		error("this is not judged")
	end, { because = "nothing is below 0.1 and above 0.2" })
end
for _, name in ipairs { "unbound", "bind" } do
	knows(name, ">= 1.0 < 100", "it fails", function(run)
		return run:share("servfail", "+0s", "+30s") > 0.5
	end, { because = "this is wrong, for the test" })
end
knows("nobody", "any", "it is not here", answered, { because = "it is not" })
