// SPDX-License-Identifier: GPL-2.0-only
/*
 * The books of what was stored and has not gone to disk, or for good, since: block by
 * block in @stage.f->dirtied, as the verdicts want it.
 *
 * What went and what is dirtied are two words on one block: a thread that writes it back
 * must not come between another's look at the one and what it says in the other. No lock
 * of the shim's, as the tasks of the kernel under test are not to meet here.
 */
#include "scene.h"

static bool books_lock;

static void books_open(void)
{
	while (__atomic_test_and_set(&books_lock, __ATOMIC_ACQUIRE))
		;
}

static void books_close(void)
{
	__atomic_clear(&books_lock, __ATOMIC_RELEASE);
}

/**
 * books_begun() - a write begins to store: what goes from here on may be what it stored
 */
void books_begun(void)
{
	unsigned int i;

	books_open();
	for (i = 0; i < ARRAY_SIZE(stage.gone); i++)
		WRITE_ONCE(stage.gone[i], false);
	books_close();
}

/**
 * books_stored() - what a write has stored, but for what has gone again in the meantime
 * @pos: in bytes
 * @written: bytes
 */
void books_stored(loff_t pos, ssize_t written)
{
	unsigned int first, behind;

	if (!recfs_range(&stage.f->fs, pos, written, &first, &behind))
		return;
	books_open();
	for (; first < behind; first++)
		if (!READ_ONCE(stage.gone[first]))
			WRITE_ONCE(stage.f->dirtied[first], true);
	books_close();
}

/**
 * books_gone() - the data of a block goes, to disk or for good
 * @block: in the window
 */
void books_gone(unsigned int block)
{
	books_open();
	WRITE_ONCE(stage.gone[block], true);
	WRITE_ONCE(stage.f->dirtied[block], false);
	books_close();
}

/**
 * books_went() - that of a range: it has to go again only if it is stored to again
 * @pos: in bytes
 * @len: bytes
 */
void books_went(loff_t pos, size_t len)
{
	unsigned int first, behind;

	if (!recfs_range(&stage.f->fs, pos, len, &first, &behind))
		return;
	for (; first < behind; first++)
		books_gone(first);
}
