"""One measurement of Python's multiprocessing. Prints its series as a line of JSON, as program.ts does."""

import json
import multiprocessing
import os
import sys
import threading
import time

SIZE = 64 * 1024 * 1024


def increment(x):
    return x + 1


def echo(value):
    return value


def burn(rounds):
    state = rounds | 1
    for _ in range(rounds):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
    return state


def nothing():
    pass


def elapsed(action):
    """How long (ms) an action takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def microseconds(count, action):
    """How long (us) an action takes that is done so often."""
    def all_times():
        for _ in range(count):
            action()
    return elapsed(all_times) * 1000 / count


def gigabytes(there_and_back):
    """How many GB a second go each way."""
    return 2 * SIZE / 1e6 / elapsed(there_and_back)


def windows(most, effort, take):
    """Figures from the first time on, until there are enough or the time is over."""
    end = time.perf_counter() + effort["budget"] / 1000
    values = [take()]
    while len(values) < min(most, effort.get("windows", most)) and time.perf_counter() < end:
        values.append(take())
    return values


def open_pool(context, workers):
    """A pool, and how long (ms) it took to its first answer."""
    started = time.perf_counter()
    pool = context.Pool(workers)
    pool.apply(increment, (1,))
    return pool, (time.perf_counter() - started) * 1000


def call(context, effort):
    pool, first = open_pool(context, effort["workers"])
    with pool:
        one = lambda: pool.apply(increment, (1,))
        return windows(60, effort, lambda: microseconds(1000, one)), first


def flight(context, effort):
    pool, first = open_pool(context, effort["workers"])

    def batch():
        for result in [pool.apply_async(increment, (i,)) for i in range(1000)]:
            result.get()

    with pool:
        return windows(60, effort, lambda: elapsed(batch)), first


def map_numbers(context, effort):
    items = 1_000_000
    pool, first = open_pool(context, effort["workers"])
    numbers = list(range(items))
    with pool:
        whole = lambda: pool.map(increment, numbers)
        return windows(5, effort, lambda: elapsed(whole) * 1000 / items), first


def there_and_back(context, effort):
    pool, first = open_pool(context, 1)
    data = bytes(SIZE)
    with pool:
        return windows(5, effort, lambda: gigabytes(lambda: pool.apply(echo, (data,)))), first


def wake(context, effort):
    pool, first = open_pool(context, effort["workers"])

    def one():
        time.sleep(0.02)
        return elapsed(lambda: pool.apply(increment, (1,)))

    with pool:
        return windows(6, effort, lambda: sum(one() for _ in range(5)) * 1000 / 5), first


def produce(asked, items):
    for i in range(asked.get()):
        items.put(i)
    asked.get()


def queue(context, effort):
    started = time.perf_counter()
    asked, items = context.Queue(), context.Queue()
    process = context.Process(target=produce, args=(asked, items), daemon=True)
    process.start()
    asked.put(1 + 1000 * 100)
    items.get()
    first = (time.perf_counter() - started) * 1000
    values = windows(100, effort, lambda: microseconds(1000, items.get))
    process.terminate()
    process.join()
    return values, first


def answer(connection, room):
    own = None if room is None else bytearray(room)
    while True:
        try:
            if own is None:
                connection.send_bytes(connection.recv_bytes())
            else:
                connection.send_bytes(own, 0, connection.recv_bytes_into(own))
        except EOFError:
            return


def with_pipe(context, room, measure):
    """Measures with one end of a pipe, at whose other end a process sends back what it receives."""
    here, there = context.Pipe()
    process = context.Process(target=answer, args=(there, room), daemon=True)
    process.start()
    there.close()
    try:
        return measure(here)
    finally:
        process.terminate()
        process.join()


def pipe(context, effort):
    started = time.perf_counter()

    def measure(here):
        def round_trip():
            here.send(1)
            here.recv()

        round_trip()
        first = (time.perf_counter() - started) * 1000
        return windows(60, effort, lambda: microseconds(1000, round_trip)), first

    return with_pipe(context, None, measure)


def pipe_bytes(context, effort):
    room = bytearray(SIZE)
    return send_large(context, effort, SIZE, lambda here: here.recv_bytes_into(room))


def pipe_bytes_new(context, effort):
    return send_large(context, effort, None, lambda here: here.recv_bytes())


def send_large(context, effort, room, receive):
    data = bytes(SIZE)
    started = time.perf_counter()

    def measure(here):
        def send(message):
            here.send_bytes(message)
            receive(here)

        send(b"1")
        first = (time.perf_counter() - started) * 1000
        return windows(10, effort, lambda: gigabytes(lambda: send(data))), first

    return with_pipe(context, room, measure)


def lock(context, effort):
    lock = context.Lock()

    def by_hand():
        lock.acquire()
        lock.release()

    return windows(60, effort, lambda: microseconds(1000, by_hand)), None


def with_lock(context, effort):
    lock = context.Lock()

    def by_block():
        with lock:
            pass

    return windows(60, effort, lambda: microseconds(1000, by_block)), None


def children(context, effort):
    def start_and_join():
        processes = [context.Process(target=nothing) for _ in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()

    return windows(2, effort, lambda: elapsed(start_and_join)), None


def cpu(context, effort):
    cores = len(os.sched_getaffinity(0))
    work = [60_000] * (16 * cores)
    (one, _), (several, _) = open_pool(context, 1), open_pool(context, cores)

    def speed_up():
        single = elapsed(lambda: one.map(burn, work, chunksize=1))
        return single / elapsed(lambda: several.map(burn, work, chunksize=1))

    with one, several:
        return windows(3, effort, speed_up), None


def idle(context, effort):
    def cpu_time():
        return sum(ticks(pid) for pid in pids) * 10

    def ticks(pid):
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    with context.Pool(effort["workers"]) as pool:
        for _ in range(100):
            pool.apply(increment, (1,))
        time.sleep(0.3)
        pids = [os.getpid(), *(child.pid for child in multiprocessing.active_children())]
        before = cpu_time()
        time.sleep(2)
        return [(cpu_time() - before) / 2000 * 100], None


def open_dict(context):
    """A manager with a dict, and how long (ms) it took to the first answer."""
    started = time.perf_counter()
    manager = context.Manager()
    managed = manager.dict(key=1)
    managed["key"]
    return manager, managed, (time.perf_counter() - started) * 1000


def managed_dict(context, effort):
    manager, managed, first = open_dict(context)
    with manager:
        return windows(30, effort, lambda: microseconds(100, lambda: managed["key"])), first


def managed_dict_flight(context, effort):
    manager, managed, first = open_dict(context)
    gate = threading.Barrier(101)
    is_over = False

    def client():
        while True:
            gate.wait()
            if is_over:
                return
            managed["key"]
            gate.wait()

    def batch():
        gate.wait()
        gate.wait()

    threads = [threading.Thread(target=client) for _ in range(100)]
    for thread in threads:
        thread.start()
    with manager:
        values = windows(30, effort, lambda: 100 * 1000 / elapsed(batch))
        is_over = True
        gate.wait()
        for thread in threads:
            thread.join()
        return values, first


MEASUREMENTS = {
    "call": call,
    "flight": flight,
    "map": map_numbers,
    "bytes": there_and_back,
    "wake": wake,
    "queue": queue,
    "pipe": pipe,
    "pipe-bytes": pipe_bytes,
    "pipe-bytes-new": pipe_bytes_new,
    "lock": lock,
    "with-lock": with_lock,
    "children": children,
    "cpu": cpu,
    "idle": idle,
    "dict": managed_dict,
    "dict-flight": managed_dict_flight,
}

if __name__ == "__main__":
    name, method, effort = sys.argv[1:]
    values, first = MEASUREMENTS[name](multiprocessing.get_context(method), json.loads(effort))
    print(json.dumps({"windows": values, **({} if first is None else {"first": first})}))
