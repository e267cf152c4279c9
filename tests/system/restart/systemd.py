#!/usr/bin/python3
"""systemd's manager on the session bus, as far as restarts go. systemd itself only runs as a machine's first process or
below one, so a stand-in takes its name and its one call; the bus is real.

usage: systemd.py UNIT PIDS PROGRAM [ARGUMENT...]
The unit stands for the program; each process that it starts is a line of the file PIDS. Each call is a line of output.
"""

import subprocess
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

UNIT, PIDS, *PROGRAM = sys.argv[1:]
NAME = "org.freedesktop.systemd1"


class NoSuchUnit(dbus.DBusException):
    _dbus_error_name = NAME + ".NoSuchUnit"


class Manager(dbus.service.Object):
    @dbus.service.method(NAME + ".Manager", in_signature="ss", out_signature="o")
    def RestartUnit(self, name, mode):
        print("called", name, mode, flush=True)
        if name != UNIT:
            raise NoSuchUnit(f"Unit {name} not found.")
        process = subprocess.Popen(PROGRAM, stdout=subprocess.DEVNULL)
        with open(PIDS, "a") as file:
            file.write(f"{process.pid}\n")
        return dbus.ObjectPath("/org/freedesktop/systemd1/job/1")


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
owned = dbus.service.BusName(NAME, bus)
manager = Manager(bus, "/org/freedesktop/systemd1")
print("ready", flush=True)
GLib.MainLoop().run()
