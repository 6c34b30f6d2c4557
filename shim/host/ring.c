// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of events from a child to its parent: a ring of bytes in shared
 * memory. One child writes (its threads under a lock), the parent reads.
 *
 * A pipe would cost a system call and a wake-up for each of thousands of
 * parameters, and a buffer in front of it would be lost when the child dies.
 * What was put here stays when the child goes. The pipe there is only a bell:
 * rung when the ring is half full, closed by the child's end.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "run.h"

#define RING_BYTES	(256 * 1024)	/* a power of two */
#define MAGIC		0x6c6b7266u

struct head {
	uint32_t magic;
	uint32_t type;
	int32_t number;
	uint32_t bytes;
	uint64_t arg;
};

struct shared {
	uint32_t in;		/* bytes put since the reset; wraps */
	uint32_t out;		/* bytes taken */
	uint32_t progress;	/* cases and parameters begun */
	char data[RING_BYTES];
};

int ring_bell[2];

static struct shared *ring;
static char *text;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void ring_init(void)
{
	size_t size = sizeof(*ring) + lk_splat_store_size();

	ring = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* a lane has what it was forked with */
	if (!text)
		text = malloc(FRAME_TEXT + 1);
	if (ring == MAP_FAILED || !text) {
		perror("libkern: shared memory");
		finish(EXIT_UNTESTED);
	}
	lk_splat_store_in((struct splats *)(ring + 1));
}

void ring_reset(void)
{
	ring->in = 0;
	ring->out = 0;
}

static void copy_in(uint32_t at, const void *from, size_t n)
{
	size_t first = RING_BYTES - at % RING_BYTES;

	if (first > n)
		first = n;
	memcpy(ring->data + at % RING_BYTES, from, first);
	memcpy(ring->data, (const char *)from + first, n - first);
}

static void copy_out(uint32_t at, void *to, size_t n)
{
	size_t first = RING_BYTES - at % RING_BYTES;

	if (first > n)
		first = n;
	memcpy(to, ring->data + at % RING_BYTES, first);
	memcpy((char *)to + first, ring->data, n - first);
}

static uint32_t used(void)
{
	return __atomic_load_n(&ring->in, __ATOMIC_ACQUIRE) -
	       __atomic_load_n(&ring->out, __ATOMIC_ACQUIRE);
}

static void ring_the_bell(void)
{
	/* When the pipe is full the parent has bells enough. */
	if (write(ring_bell[1], "", 1) < 0 && errno != EAGAIN)
		_exit(CHILD_DIED);
}

/* Waits while the ring is full: the parent drains it or is gone, and we too. */
void ring_put(enum frame_type type, int number, uint64_t arg,
	      const char *from, size_t bytes)
{
	struct head head = {
		.magic = MAGIC,
		.type = type,
		.number = number,
		.arg = arg,
	};
	uint32_t need, before;

	if (bytes > FRAME_TEXT)
		bytes = FRAME_TEXT;
	head.bytes = bytes;
	need = sizeof(head) + bytes;

	pthread_mutex_lock(&lock);
	before = used();
	while (RING_BYTES - used() < need) {
		ring_the_bell();
		usleep(100);
	}
	copy_in(ring->in, &head, sizeof(head));
	copy_in(ring->in + sizeof(head), from, bytes);
	__atomic_store_n(&ring->in, ring->in + need, __ATOMIC_RELEASE);
	if (before < RING_BYTES / 2 && before + need >= RING_BYTES / 2)
		ring_the_bell();
	pthread_mutex_unlock(&lock);
}

/* For the time limit: something else has begun. */
void ring_progress(void)
{
	__atomic_add_fetch(&ring->progress, 1, __ATOMIC_RELAXED);
}

unsigned int ring_progress_seen(void)
{
	return __atomic_load_n(&ring->progress, __ATOMIC_RELAXED);
}

/*
 * The next frame, if there is one. A child that has gone wild may have written
 * over the ring: what makes no sense ends the ring.
 */
bool ring_get(struct frame *frame)
{
	struct head head;
	uint32_t n = used();

	if (n < sizeof(head))
		return false;
	copy_out(ring->out, &head, sizeof(head));
	if (n > RING_BYTES || head.magic != MAGIC || head.bytes > FRAME_TEXT ||
	    sizeof(head) + head.bytes > n) {
		fprintf(stderr, "libkern: a child wrote over the runner's memory\n");
		__atomic_store_n(&ring->out, ring->in, __ATOMIC_RELEASE);
		return false;
	}
	copy_out(ring->out + sizeof(head), text, head.bytes);
	text[head.bytes] = '\0';
	__atomic_store_n(&ring->out, ring->out + sizeof(head) + head.bytes,
			 __ATOMIC_RELEASE);

	frame->type = head.type;
	frame->number = head.number;
	frame->arg = head.arg;
	frame->bytes = head.bytes;
	frame->text = text;
	return true;
}
