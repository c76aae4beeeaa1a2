/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_kasp.h - TTLs and delays out of a policy of OpenDNSSEC's kasp.xml.
 *
 *	<KASP><Policy name="lab">
 *		<Signatures> <Resign>PT10M</Resign> <Refresh>PT30M</Refresh> … </Signatures>
 *		<Keys> <TTL>PT300S</TTL> … </Keys>
 *		<Zone> <PropagationDelay>PT300S</PropagationDelay> <SOA> … </SOA> </Zone>
 *		<Parent> <PropagationDelay>PT9999S</PropagationDelay> <DS> <TTL>PT3600S</TTL> … */
#pragma once

#include "zones/rollover/rollover.h"

/* What a policy tells; -1: it does not. */
struct rollover_kasp {
	simtime dnskey, ds, zone, negative, zone_propagation, parent_propagation;
	simtime signing; /* signatures of the old ZSK stand until they are due for a refresh */
	simtime validity;
};

/* `place` is FILE, or FILE#NAME where it has several policies. -EINVAL: it is no kasp.xml, has no
 * such policy, or a period in it is none, with file:line where there is one. -ENOENT. */
int rollover_kasp_read(const char *place, struct rollover_kasp *ret, struct err *e);
