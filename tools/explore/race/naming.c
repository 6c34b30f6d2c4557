// SPDX-License-Identifier: GPL-2.0-only
/* What people call a scene, its tasks and the objects that these touch. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pagemap.h>

#include "scene.h"

/**
 * race_scene_name() - as on the command line
 * @nth: which
 * @buf: where it goes
 * @size: of @buf, in bytes
 */
void race_scene_name(unsigned int nth, char *buf, unsigned int size)
{
	struct shape s = scene_at(nth);

	snprintf(buf, size, "%s%s-b%u-o%u", s.target->prefix, s.scene->name, 1U << s.ratio,
		 s.order);
}

/**
 * race_scene_words() - what it is, for people
 * @nth: which
 * @buf: where it goes
 * @size: of @buf, in bytes
 */
void race_scene_words(unsigned int nth, char *buf, unsigned int size)
{
	struct shape s = scene_at(nth);

	snprintf(buf, size, "%s%s; %u block%s a page, folios of order %u%s",
		 s.scene->words, s.target->words, 1U << s.ratio, s.ratio ? "s" : "", s.order,
		 scene_makes_large(s.scene, s.order) ?
		 ", the last one made by the write" : "");
}

/**
 * race_task_name() - for the head of a column
 * @nth: which scene
 * @task: which task
 */
const char *race_task_name(unsigned int nth, unsigned int task)
{
	static const char *const name[] = {
		[SCENE_WRITE] = "write",
		[SCENE_AGAIN] = "second write",
		[SCENE_FAULT] = "fault",
		[SCENE_DROP] = "reclaim",
		[SCENE_SHRINK] = "reclaim",
		[SCENE_INVALIDATE] = "invalidate",
		[SCENE_REFILL] = "invalidate and read",
		[SCENE_DIRECT] = "direct write",
		[SCENE_WRITEBACK] = "writeback",
		[SCENE_FLUSH] = "flush",
		[SCENE_DEVICE] = "device",
		[SCENE_TRUNCATE] = "truncate",
		[SCENE_ZERO] = "zero",
		[SCENE_UNSHARE] = "unshare",
	};

	return name[scene_at(nth).scene->task[task].job];
}

static bool scene_within(const void *obj, const void *from, unsigned long size)
{
	return (unsigned long)obj - (unsigned long)from < size;
}

/* The folio that @obj is or belongs to. */
static bool scene_of_folio(const void *obj, char *buf, unsigned int size)
{
	unsigned int page;

	for (page = 0; page < SCENE_PAGES; page++) {
		struct folio *folio = xa_load(&stage.f->w.inode->i_mapping->i_pages,
					      SCENE_BASE + page);
		if (!folio || xa_is_value(folio))
			continue;
		if (scene_within(obj, folio, sizeof(*folio)))
			snprintf(buf, size, "folio at page %u", page);
		else if (folio->private && scene_within(obj, folio->private, 64))
			snprintf(buf, size, "blocks of folio at page %u", page);
		else
			continue;
		return true;
	}
	return false;
}

/**
 * scene_object() - name an object
 * @obj: its address
 * @buf: where the name goes
 * @size: of @buf, in bytes
 */
void scene_object(const void *obj, char *buf, unsigned int size)
{
	struct inode *inode = stage.f->w.inode;
	const char *words = stage.target->object(obj);
	const struct {
		const void *obj;
		const char *name;
	} known[] = {
		{ &inode->i_rwsem, "i_rwsem" },
		{ &inode->i_mapping->invalidate_lock, "invalidate_lock" },
		{ &inode->i_mapping->i_pages.xa_lock, "i_pages" },
		{ &inode->i_mapping->i_pages.xa_head, "of the page cache" },
		{ &inode->i_mapping->nrpages, "of the page cache" },
		{ &inode->i_mapping->wb_err, "" },
		{ &inode->i_size, "" },
		{ world_bdev(), "I/O" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].obj == obj) {
			snprintf(buf, size, "%s", known[i].name);
			return;
		}
	}
	if (words) {
		snprintf(buf, size, "%s", words);
		return;
	}
	buf[0] = '\0';
	scene_of_folio(obj, buf, size);
}
