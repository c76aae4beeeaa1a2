/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/words_stub.h"

#include <math.h>
#include <string.h>

#include "sim/language/words_role.h"

static void read_retry_on(const struct args *stub, struct stub_plan *p)
{
	static const struct {
		const char *name;
		enum retry_on bit;
	} outcomes[] = { { "servfail", RETRY_SERVFAIL },
			 { "timeout", RETRY_TIMEOUT },
			 { "refused", RETRY_REFUSED } };
	lua_State *L = stub->L;
	int index = args_push(stub, "retry_on");
	unsigned bits = 0, known;

	if (index < 0)
		return;
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		known = 0;
		for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
			if (lua_type(L, -1) == LUA_TSTRING &&
			    strcmp(lua_tostring(L, -1), outcomes[i].name) == 0)
				known = outcomes[i].bit;
		if (!known)
			args_fail(stub, "retry_on is a list of \"servfail\", \"timeout\" and "
					"\"refused\"");
		bits |= known;
	}
	p->retry_on = bits;
	lua_pop(L, 1);
}

/* resolvers = { a, "b" }: values of resolver(), or their names */
static void read_resolvers(const struct args *stub, const struct scenario *s, struct stub_plan *p)
{
	lua_State *L = stub->L;
	int index = args_push(stub, "resolvers");
	lua_Unsigned n = index < 0 ? 0 : lua_rawlen(L, index);

	if (index < 0)
		return;
	if (!n || n > STUB_RESOLVERS_MAX)
		args_fail(stub,
			  "resolvers is a list of 1 to %d of them, the first to be asked first",
			  STUB_RESOLVERS_MAX);
	for (lua_Unsigned i = 0; i < n; i++) {
		char *name = p->asks[p->asks_count];

		lua_rawgeti(L, index, (lua_Integer)i + 1);
		if (!words_role_name(L, -1, s, name))
			args_fail(stub, "resolvers has what resolver(\"NAME\", { ... }) gave, or "
					"names of them");
		for (unsigned k = 0; k < p->asks_count; k++)
			if (strcmp(p->asks[k], name) == 0)
				args_fail(stub, "resolvers has '%s' twice", name);
		p->asks_count++;
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void read_strategy(const struct args *stub, struct stub_plan *p)
{
	const char *name = args_text(stub, "strategy", NULL);

	if (!name)
		return;
	if (p->asks_count < 2)
		args_fail(stub, "strategy is for several resolvers: resolvers = { a, b }");
	for (unsigned i = 0; i <= STRATEGY_STICKY; i++) {
		if (strcmp(stub_strategy_names[i], name) != 0)
			continue;
		p->strategy = (enum stub_strategy)i;
		return;
	}
	args_fail(stub, "strategy is \"in order\", \"rotate\" or \"sticky\", not \"%s\"", name);
}

static const char *const transport_keys[] = { "udp", "tcp", "dot", "doh", NULL };

/* transport = { udp = 0.6, tcp = 0.1, dot = 0.2, doh = 0.1 }: shares of the clients, in all 1 */
static void read_transport(const struct args *stub, struct stub_plan *p)
{
	int index = args_push(stub, "transport");
	double sum = 0;

	if (index < 0)
		return;
	struct args a = args_table(stub->L, index, "transport", transport_keys);

	for (unsigned t = 0; t < TRANSPORTS; t++) {
		p->share[t] = args_number(&a, transport_names[t], 0, 0, 1);
		sum += p->share[t];
	}
	if (fabs(sum - 1) > 1e-9)
		args_fail(stub, "transport's shares add up to %g, not to 1", sum);
	p->has_transports = p->share[TRANSPORT_UDP] < 1;
	lua_pop(stub->L, 1);
}

/* The way to a resolver: what a link between resolvers has, too. */
static void read_link(const struct args *stub, struct stub_plan *p)
{
	p->round_trip = args_duration(stub, "round_trip", 0);
	if (p->round_trip > MINUTE)
		args_fail(stub, "round_trip is at most 1m");
	p->loss = args_number(stub, "loss", 0, 0, 1);
	p->capacity = args_number(stub, "capacity", 0, 0, 1e12);
	p->queue = args_duration(stub, "queue", 100 * MSEC);
	p->mtu = (unsigned)args_count(stub, "mtu", 0, 68, 65535);
	if (args_has(stub, "queue") && !(p->capacity > 0))
		args_fail(stub, "queue is for a link with a capacity");
}

static void read_sessions(const struct args *stub, struct stub_plan *p)
{
	read_transport(stub, p);
	if (!p->has_transports && (args_has(stub, "idle") || args_has(stub, "in_flight")))
		args_fail(stub, "idle and in_flight are for connections: transport = { dot = 1 }");
	p->idle = args_duration(stub, "idle", 10 * SECOND);
	p->in_flight = (unsigned)args_count(stub, "in_flight", 100, 1, 10000);
	if (p->idle < MSEC || p->idle > DAY)
		args_fail(stub, "idle is 1ms to 1d");
}

void words_read_stub(const struct args *traffic, const struct scenario *s, struct stub_plan *p)
{
	static const char *const keys[] = {
		"timeout",  "attempts",	 "retry_on", "pause",	  "resolvers",
		"strategy", "transport", "idle",     "in_flight", "round_trip",
		"loss",	    "capacity",	 "mtu",	     "queue",	  NULL,
	};
	int index = args_push(traffic, "stub");

	*p = (struct stub_plan){ .timeout = 5 * SECOND,
				 .attempts = 3,
				 .retry_on = RETRY_SERVFAIL | RETRY_TIMEOUT };
	if (index < 0)
		return;
	struct args a = args_table(traffic->L, index, "stub", keys);

	p->timeout = args_duration(&a, "timeout", p->timeout);
	p->attempts = (unsigned)args_count(&a, "attempts", p->attempts, 1, 100);
	p->pause = args_duration(&a, "pause", 0);
	if (p->timeout < MSEC || p->timeout > HOUR || p->pause > HOUR)
		args_fail(&a, "timeout is 1ms to 1h, and pause at most 1h");
	read_retry_on(&a, p);
	read_resolvers(&a, s, p);
	read_strategy(&a, p);
	read_sessions(&a, p);
	read_link(&a, p);
	lua_pop(traffic->L, 1);
}
