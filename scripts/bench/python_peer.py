"""One measurement of Python's multiprocessing. Prints its figures as a line of JSON, as program.ts does."""

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import threading
import time


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


def call(context, repetitions, scale):
    count = int(1000 * scale)
    with context.Pool(2) as pool:
        def calls():
            for _ in range(count):
                pool.apply(increment, (1,))
        calls()
        return [elapsed(calls) * 1000 / count for _ in range(repetitions)]


def flight(context, repetitions, scale):
    rounds = max(1, int(3 * scale))
    with context.Pool(2) as pool:
        def batches():
            for _ in range(rounds):
                for result in [pool.apply_async(increment, (i,)) for i in range(1000)]:
                    result.get()
        batches()
        return [elapsed(batches) / rounds for _ in range(repetitions)]


def map_numbers(context, repetitions, _scale):
    items = 1_000_000
    numbers = list(range(items))
    with context.Pool(2) as pool:
        pool.map(increment, numbers)
        return [elapsed(lambda: pool.map(increment, numbers)) * 1000 / items for _ in range(repetitions)]


def there_and_back(context, repetitions, _scale):
    data = bytes(64 * 1024 * 1024)
    with context.Pool(1) as pool:
        pool.apply(echo, (data,))
        return [2 * len(data) / 1e6 / elapsed(lambda: pool.apply(echo, (data,))) for _ in range(repetitions)]


def produce(asked, items):
    while True:
        for i in range(asked.get()):
            items.put(i)


def queue(context, repetitions, scale):
    count = int(200_000 * scale)
    asked, items = context.Queue(), context.Queue()
    process = context.Process(target=produce, args=(asked, items), daemon=True)
    process.start()

    def take():
        asked.put(count)
        items.get()
        return elapsed(lambda: [items.get() for _ in range(count - 1)]) * 1000 / (count - 1)

    take()
    values = [take() for _ in range(min(repetitions, 3))]
    process.terminate()
    process.join()
    return values


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


def open_pipe(context, room=None):
    here, there = context.Pipe()
    process = context.Process(target=answer, args=(there, room), daemon=True)
    process.start()
    there.close()
    return here, process


def pipe(context, repetitions, scale):
    count = int(5000 * scale)
    here, process = open_pipe(context)

    def round_trips():
        for _ in range(count):
            here.send(1)
            here.recv()

    round_trips()
    values = [elapsed(round_trips) * 1000 / count for _ in range(repetitions)]
    process.terminate()
    process.join()
    return values


def pipe_bytes(context, repetitions, _scale):
    room = bytearray(64 * 1024 * 1024)
    return send_large(context, repetitions, len(room), lambda here: here.recv_bytes_into(room))


def pipe_bytes_new(context, repetitions, _scale):
    return send_large(context, repetitions, None, lambda here: here.recv_bytes())


def send_large(context, repetitions, room, receive):
    data = bytes(64 * 1024 * 1024)
    here, process = open_pipe(context, room)

    def there_and_back():
        here.send_bytes(data)
        receive(here)

    there_and_back()
    values = [2 * len(data) / 1e6 / elapsed(there_and_back) for _ in range(repetitions)]
    process.terminate()
    process.join()
    return values


def lock(context, repetitions, scale):
    count = int(100_000 * scale)
    lock = context.Lock()

    def by_hand():
        for _ in range(count):
            lock.acquire()
            lock.release()

    by_hand()
    return [elapsed(by_hand) * 1000 / count for _ in range(repetitions)]


def start(context, repetitions, _scale):
    def ours():
        process = context.Process(target=nothing)
        process.start()
        process.join()

    def bare():
        subprocess.run([sys.executable, "-c", "pass"], check=True)

    ours(), bare()
    pairs = [(elapsed(bare), elapsed(ours)) for _ in range(repetitions * 2)]
    bares, own = zip(*pairs)
    note = f"{statistics.median(own):.1f} ms over {statistics.median(bares):.1f} ms"
    return [b / a for a, b in pairs], note


def cpu(context, repetitions, scale):
    cores = len(os.sched_getaffinity(0))
    work = [60_000] * (int(16 * scale + 0.5) * cores)
    with context.Pool(1) as one, context.Pool(cores) as all_cores:
        one.map(burn, work, chunksize=1)
        all_cores.map(burn, work, chunksize=1)
        pairs = [
            (elapsed(lambda: one.map(burn, work, chunksize=1)), elapsed(lambda: all_cores.map(burn, work, chunksize=1)))
            for _ in range((repetitions + 1) // 2)
        ]
    single, several = zip(*pairs)
    note = f"{statistics.median(single):.0f} ms over {statistics.median(several):.0f} ms"
    return [a / b for a, b in pairs], note


def idle(context, _repetitions, _scale):
    def cpu_time():
        return sum(ticks(pid) for pid in pids) * 10

    def ticks(pid):
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    with context.Pool(2) as pool:
        for _ in range(100):
            pool.apply(increment, (1,))
        time.sleep(0.3)
        pids = [os.getpid(), *(child.pid for child in multiprocessing.active_children())]
        before = cpu_time()
        time.sleep(2)
        return [(cpu_time() - before) / 2000 * 100]


def managed_dict(context, repetitions, scale):
    count = int(2000 * scale)
    with context.Manager() as manager:
        managed = manager.dict(key=1)

        def calls():
            for _ in range(count):
                managed["key"]
        calls()
        return [elapsed(calls) * 1000 / count for _ in range(repetitions)]


def managed_dict_flight(context, repetitions, scale):
    each = max(1, int(50 * scale))
    with context.Manager() as manager:
        managed = manager.dict(key=1)

        def calls():
            for _ in range(each):
                managed["key"]

        def batch():
            threads = [threading.Thread(target=calls) for _ in range(100)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        batch()
        return [each * 100 * 1000 / elapsed(batch) for _ in range(repetitions)]


MEASUREMENTS = {
    "call": call,
    "flight": flight,
    "map": map_numbers,
    "bytes": there_and_back,
    "queue": queue,
    "pipe": pipe,
    "pipe-bytes": pipe_bytes,
    "pipe-bytes-new": pipe_bytes_new,
    "lock": lock,
    "start": start,
    "cpu": cpu,
    "idle": idle,
    "dict": managed_dict,
    "dict-flight": managed_dict_flight,
}

if __name__ == "__main__":
    name, method, effort = sys.argv[1:]
    effort = json.loads(effort)
    figures = MEASUREMENTS[name](multiprocessing.get_context(method), effort["repetitions"], effort["scale"])
    values, note = figures if isinstance(figures, tuple) else (figures, None)
    print(json.dumps({"values": values, **({"note": note} if note else {})}))
