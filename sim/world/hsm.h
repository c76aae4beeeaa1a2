/* SPDX-License-Identifier: BSD-2-Clause */
/* hsm.h - a signer's HSM: SoftHSM, with its token in the signer's folder, and before it a PKCS#11 module of ours (hsm/), which
 * passes on all that it is asked for, but does wrong what a file beside it says. The file is read at each signature and each
 * new key:
 *
 *	pairs 3
 *	bad 0.001
 *	seed 1
 */
#pragma once

#define HSM_MODULE "libsigfault-hsm.so" /* a copy of it; what follows is beside it */
#define HSM_FAULTS "hsm.faults"
#define HSM_CONFIGURATION "softhsm2.conf"
#define HSM_TOKENS "tokens"

#define HSM_TOKEN "sigfault" /* its label; it is made when the module is first used */
#define HSM_PIN "1234"

#define HSM_PAIRS_MAX 16

struct hsm_faults {
	unsigned
		pairs; /* that a new key is, under one name, of which each signature takes one; 1: as it should be */
	double bad; /* share of the signatures that no key has made */
	unsigned long seed; /* of the lots that are drawn for what is signed */
};

/* For printf() and scanf(), in this order. */
#define HSM_FAULTS_TEXT "pairs %u\nbad %lf\nseed %lu\n"
