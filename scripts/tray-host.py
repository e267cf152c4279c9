#!/usr/bin/python3
"""A tray for tests: tells programs that their icons are shown, prints what they show, and presses menu entries.

A call of `press PID LABEL` on the bus name org.changeover.TrayHost chooses the menu entry of this process that begins with
LABEL, in the menu or in one of its submenus; `state PID` returns the icon's file and the labels of all entries, a line each.
"""
import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

BUS = "org.freedesktop.DBus"
WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
HOST = "org.changeover.TrayHost"
PROPERTIES = "org.freedesktop.DBus.Properties"


class TrayHost(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, "/StatusNotifierWatcher")
        self.bus = bus
        self.items = {}

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        # Either a bus name or a path at the caller.
        item = (sender, service) if service.startswith("/") else (service, "/StatusNotifierItem")
        self.items[self._process_of(item[0])] = item

    def _process_of(self, name):
        """The process behind a bus name."""
        daemon = dbus.Interface(self.bus.get_object(BUS, "/org/freedesktop/DBus"), BUS)
        return int(daemon.GetConnectionUnixProcessID(name))

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, _interface, name):
        return {"IsStatusNotifierHostRegistered": True, "ProtocolVersion": dbus.Int32(0)}[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        names = ("IsStatusNotifierHostRegistered", "ProtocolVersion")
        return {name: self.Get(interface, name) for name in names}

    @dbus.service.method(HOST, in_signature="u", out_signature="as")
    def state(self, pid):
        item = self._properties(pid)
        return [str(item["IconName"])] + [label for _, label in self._entries(pid, item)]

    @dbus.service.method(HOST, in_signature="us", out_signature="b")
    def press(self, pid, label):
        item = self._properties(pid)
        for number, text in self._entries(pid, item):
            if text.startswith(label):
                now = dbus.UInt32(0)
                self._menu(pid, item).Event(number, "clicked", dbus.Int32(0, variant_level=1), now)
                return True
        return False

    def _properties(self, pid):
        name, path = self.items[int(pid)]
        return dbus.Interface(self.bus.get_object(name, path), PROPERTIES).GetAll(ITEM)

    def _menu(self, pid, item):
        return dbus.Interface(self.bus.get_object(self.items[int(pid)][0], item["Menu"]), MENU)

    def _entries(self, pid, item):
        _, (_, _, entries) = self._menu(pid, item).GetLayout(0, -1, ["label"])
        return list(self._flat(entries))

    def _flat(self, entries):
        for number, properties, below in entries:
            yield int(number), str(properties.get("label", ""))
            yield from self._flat(below)


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
session = dbus.SessionBus()
names = [dbus.service.BusName(name, session) for name in (WATCHER, HOST)]
host = TrayHost(session)
GLib.MainLoop().run()
