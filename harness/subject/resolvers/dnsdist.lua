-- SPDX-License-Identifier: BSD-2-Clause
-- dnsdist (PowerDNS), 1.7 and later: a load balancer in front of resolvers, with its packet cache. It does not validate.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

local function backends(subject)
	if #subject.forward == 0 then
		error("dnsdist balances, and cannot resolve by itself: give it another resolver, as in "
			.. 'resolver("front", { forward = { ["."] = behind } })', 0)
	end
	local text, pools = "", {}
	for i, forward in ipairs(subject.forward) do
		local pool = forward.zone == "." and "" or "zone" .. i
		pools[#pools + 1] = pool
		for _, address in ipairs(forward.addresses) do
			text = text .. ('newServer { address = "%s:53", pool = "%s" }\n'):format(address, pool)
		end
		if pool ~= "" then
			text = text .. ('addAction(makeRule("%s"), PoolAction("%s"))\n'):format(forward.zone, pool)
		end
	end
	return text, pools
end

local function listen_in_tls(subject, address)
	local tls = subject.tls
	return tls and tls.dot and ('addTLSLocal("%s:%d", "%s/%s", "%s/%s")'):format(address, tls.dot, subject.folder,
		tls.certificate, subject.folder, tls.key) or nil
end

-- A cache is as large as its manual's example, and there is one for each pool.
local function configuration(subject)
	local text, pools = backends(subject)
	local listens = {}
	for _, address in ipairs { subject.address4 or false, subject.address6 and "[" .. subject.address6 .. "]" or false } do
		if address then
			listens[#listens + 1] = ('addLocal("%s:53")'):format(address)
			listens[#listens + 1] = listen_in_tls(subject, address)
		end
	end
	text = lines(listens) .. lines {
		'setACL({ "0.0.0.0/0", "::/0" })',
		'setSecurityPollSuffix("")',
	} .. text
	for i, pool in ipairs(pools) do
		text = text .. ('cache%d = newPacketCache(%d)\ngetPool("%s"):setCache(cache%d)\n'):format(i,
			subject.options["cache-size"] or 10000, pool, i)
	end
	return text .. subject.settings
end

return {
	name = "dnsdist",
	title = "dnsdist",
	program = "dnsdist",
	package = "dnsdist",
	version = { arguments = { "--version" }, pattern = "dnsdist (%S+)" },

	configuration = "dnsdist.conf",
	files = function(subject)
		return { ["dnsdist.conf"] = configuration(subject) }
	end,
	forwards = true,
	transports = { dot = "dns%-over%-tls" },
	start = function(subject)
		return { subject.program, "--supervised", "--disable-syslog", "-C", "dnsdist.conf" }
	end,

	options = {
		["cache-size"] = { about = "how many answers its packet cache keeps; 10000 as in its manual", least = 1, most = 10000000 },
	},

	mitigations = { ["none"] = { about = "a packet cache, and nothing else: passes on what it is told" } },
}
