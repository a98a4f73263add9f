"""The whole life of a hook, with the functions and models that a generator made from the document of the API."""

import os

from queue_hooks import AuthenticatedClient
from queue_hooks.api.changes import list_changes, undo_change
from queue_hooks.api.flow_schemas import list_flow_schemas
from queue_hooks.api.hooks import (
    change_hook,
    create_hook,
    get_hook,
    list_hooks,
    remove_hook,
    remove_hooks,
    replace_hook,
)
from queue_hooks.api.queues import list_queues
from queue_hooks.models import (
    Action,
    Error,
    Event,
    Hook,
    HookInput,
    HookItem,
    HookPatch,
    Ids,
    Lookup,
    LookupInput,
    Outcome,
    SchemaType,
    SubjectType,
)

client = AuthenticatedClient(
    base_url=os.environ["SERVER"] + "/api",
    token=os.environ["TOKEN"],
    prefix="",
    auth_header_name="X-Webitel-Access",
    raise_on_unexpected_status=True,
)


def expect(found, expected):
    assert found == expected, f"{found}\nis not\n{expected}"


def expect_error(answer, status, code, detail):
    expect(answer.status_code, status)
    expect(answer.parsed, Error(id=code, status=answer.status_code.phrase, detail=detail, code=status))


# What there is.
queues = list_queues.sync(client=client, q="inbound*", type_=[1], sort="-name")
expect([(queue.id, queue.name, queue.type_, queue.enabled) for queue in queues.items], [("1", "Inbound support", 1, True)])
queue = int(queues.items[0].id)
schemas = list_flow_schemas.sync(client=client, type_=[SchemaType.SERVICE, SchemaType.DEFAULT], sort="id")
expect([(schema.id, schema.name) for schema in schemas.items], [("1", "CRM: push"), ("2", "Billing: push")])
crm, billing = [Lookup(id=schema.id, name=schema.name) for schema in schemas.items]

# It is added, once.
wanted = HookInput(schema=LookupInput(id=crm.id), event=Event.JOINED, enabled=True)
hook = create_hook.sync(queue, client=client, body=wanted, idempotency_key="first")
expect(hook, Hook(id=1, schema=crm, event=Event.JOINED, enabled=True))
expect(create_hook.sync(queue, client=client, body=wanted, idempotency_key="first"), hook)

# A second one that is enabled is refused, and one that is disabled is added.
wanted = HookInput(schema=LookupInput(id=int(billing.id)), event=Event.JOINED, enabled=True)
expect_error(
    create_hook.sync_detailed(queue, client=client, body=wanted),
    409,
    "api.request.conflict.app_error",
    "Joined → CRM: push is enabled already, and an event takes one enabled hook. It is the hook 1.",
)
wanted.enabled = None
other = create_hook.sync(queue, client=client, body=wanted)
expect(other, Hook(id=2, schema=billing, event=Event.JOINED, enabled=False))

# It is read.
read = get_hook.sync_detailed(queue, hook.id, client=client)
expect(read.parsed, hook)
tag = read.headers["etag"]
expect(get_hook.sync_detailed(queue, hook.id, client=client, if_none_match=tag).status_code, 304)
expect(get_hook.sync(queue, 99, client=client).code, 404)

# A part of it is changed, if it is still what was read.
disable = HookPatch(enabled=False)
hook.enabled = False
expect(change_hook.sync(queue, hook.id, client=client, body=disable, if_match=tag), hook)
expect_error(
    change_hook.sync_detailed(queue, hook.id, client=client, body=HookPatch(event=Event.MISSED), if_match=tag),
    412,
    "api.request.precondition.app_error",
    "It is not what If-Match says any more. Nothing was changed. Read it again.",
)

# It is replaced.
wanted = HookInput(schema=LookupInput(id=billing.id), event=Event.MISSED)
hook = Hook(id=1, schema=billing, event=Event.MISSED, enabled=False)
expect(replace_hook.sync(queue, hook.id, client=client, body=wanted), hook)

# Both are listed: filtered, counted, whole and in part.
page = list_hooks.sync(queue, client=client, event=[Event.MISSED, Event.JOINED], enabled=False, sort="-id", size=1, total=True)
expect((page.next_, page.total, [item.to_dict() for item in page.items]), (True, 2, [other.to_dict()]))
page = list_hooks.sync(queue, client=client, schema_id=[2], q="m*", fields=["id", "event"])
expect((page.next_, page.items), (False, [HookItem(id=1, event=Event.MISSED)]))

# Both are removed at once, restored, and one of them is removed again.
removed = remove_hooks.sync(queue, client=client, body=Ids(id=[hook.id, str(other.id), 99]))
expect(sorted(item.id for item in removed.items), [1, 2])
restored = undo_change.sync(removed.change, client=client)
expect(restored.hooks, Outcome(total=2, undone=2, already=0, changed=0, removed=0))
expect(remove_hook.sync(queue, other.id, client=client), other)
expect(get_hook.sync(queue, hook.id, client=client), hook)

# What changed is told in its order.
first = list_changes.sync(client=client, size=4)
rest = list_changes.sync(client=client, after=first.after, size=1000)
expect((first.next_, rest.next_), (True, False))
entries = [entry for entry in first.items + rest.items if entry.what.type_ == SubjectType.HOOK]
expect(
    [(entry.action, entry.what.id) for entry in entries],
    [
        (Action.ADD, "1"),
        (Action.ADD, "2"),
        (Action.DISABLE, "1"),
        (Action.EDIT, "1"),
        (Action.REMOVE, "2"),
        (Action.REMOVE, "1"),
        (Action.RESTORE, "1"),
        (Action.RESTORE, "2"),
        (Action.REMOVE, "2"),
    ],
)
expect({entry.who.name for entry in entries}, {"anna (anna)"})
expect(entries[0].before, None)
expect(entries[0].after["event"], "joined")
expect(entries[2].after["enabled"], False)
expect(list_changes.sync(client=client, after="now", wait=0).items, [])
