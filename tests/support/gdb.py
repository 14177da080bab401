# tests/support/gdb.py — what a debugger shows of a Shape, a Tensor, a View, a Var and a Tape
#   make debug
#   gdb -x tests/support/gdb.py --args build/g++-double-native-debug/tests/suite -tc="*order*"
#   (gdb) print z           Tensor [2,3] = {{1, 2, 3}, {4, 5, 6}}
#   (gdb) print y           Var 7 [2] = {0.5, 1}, computed at mine.cpp:12
#   (gdb) print tape        Tape: 8 values, 5 operations, then each value with the line that recorded it
import gdb
import gdb.printing

MOST = 30  # entries, or values of a tape, that are shown


def extents(shape):
    return [int(shape["extents_"]["_M_elems"][axis]) for axis in range(int(shape["rank_"]))]


def shape_text(shape):
    return "[" + ",".join(str(extent) for extent in extents(shape)) + "]"


def entries_text(data, shape):
    if not int(data):
        return "no numbers"
    numbers = [0]

    def text(axes):
        if not axes:
            numbers[0] += 1
            return format(float(data[numbers[0] - 1]), ".6g")
        parts = []
        for _ in range(axes[0]):
            if numbers[0] >= MOST:
                parts.append("...")
                break
            parts.append(text(axes[1:]))
        return "{" + ", ".join(parts) + "}"

    return text(extents(shape))


def where_text(where):
    return where["file"].string() + ":" + str(int(where["line"])) if int(where["file"]) else "a line unknown"


def element(vector, i):
    return vector["_M_impl"]["_M_start"][i]


def count(vector):
    return int(vector["_M_impl"]["_M_finish"] - vector["_M_impl"]["_M_start"])


def value_text(tape, i):
    value = element(tape["values_"], i)
    text = shape_text(value["shape"]) + " = " + entries_text(value["data"], value["shape"])
    kind = str(value["kind"]).rsplit("::", 1)[-1]
    made_at = " at " + where_text(element(tape["operations_"], value["source"])["where"]) if kind == "computed" else ""
    return text + ", " + kind + made_at


def var_text(var):
    if not int(var["tape_"]):
        return "Var 0: an absent one"
    tape, i = var["tape_"].dereference(), int(var["index_"])
    if i >= count(tape["values_"]) or int(element(tape["values_"], i)["era"]) != int(var["era_"]):
        return "Var %d: stale, its tape has forgotten it" % i
    return "Var %d %s" % (i, value_text(tape, i))


def tape_text(tape):
    values = count(tape["values_"])
    lines = ["Tape: %d values, %d operations" % (values, count(tape["operations_"]))]
    lines += ["  %3d  %s" % (i, value_text(tape, i)) for i in range(max(0, values - MOST), values)]
    return "\n".join(lines)


TEXTS = {
    "Shape": shape_text,
    "Tensor": lambda x: "Tensor " + shape_text(x["shape_"]) + " = " + entries_text(x["storage_"]["data_"], x["shape_"]),
    "View": lambda x: "View " + shape_text(x["shape"]) + " = " + entries_text(x["data"], x["shape"]),
    "MutableView": lambda x: "MutableView " + shape_text(x["shape"]) + " = " + entries_text(x["data"], x["shape"]),
    "Var": var_text,
    "Tape": tape_text,
}

printers = gdb.printing.RegexpCollectionPrettyPrinter("costate")
for name, text in TEXTS.items():
    printer = type(name + "Printer", (), {"__init__": lambda self, x: setattr(self, "x", x), "to_string": lambda self, text=text: text(self.x)})
    printers.add_printer(name, r"^costate::(real_is_\w+::)?" + name + "$", printer)
gdb.printing.register_pretty_printer(gdb.current_objfile(), printers)
