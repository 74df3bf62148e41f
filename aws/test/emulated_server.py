"""moto_server with what its CloudFormation forgets when a stack is changed or deleted put right. Usage: as moto_server's."""

from moto.cloudformation import parsing
from moto.cloudformation.models import CloudFormationBackend
from moto.ec2.models import ec2_backends
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ecr.models import Repository, ecr_backends

update_resource = parsing.parse_and_update_resource
update_map = parsing.ResourceMap.update
update_stack = CloudFormationBackend.update_stack


def keep_resource(logical_id, resource_json, resources_map, account_id, region_name):
    """A resource that Moto can't change stays; Moto would forget it."""
    return update_resource(logical_id, resource_json, resources_map, account_id, region_name) or resources_map[logical_id]


def forget_removed(self, template, parameters=None):
    """A resource that was taken out is forgotten; Moto would return it when it comes again."""
    before = set(self._resource_json_map)
    update_map(self, template, parameters)
    for removed in before - set(template["Resources"]):
        self._parsed_resources.pop(removed, None)


def change_exports(self, *arguments, **named):
    """Exports change with their stack; Moto knows those of its creation."""
    stack = update_stack(self, *arguments, **named)
    for name in [name for name, export in self.exports.items() if export.exporting_stack_id == stack.stack_id]:
        del self.exports[name]
    self.exports.update({export.name: export for export in stack.exports})
    return stack


def delete_endpoint(self, account_id, region_name):
    """Its routes go first, of those tables that are still there: Moto deletes in any order."""
    network = ec2_backends[account_id][region_name]
    self.route_table_ids = [table for table in self.route_table_ids or [] if table in network.route_tables]
    network.delete_vpc_endpoints([self.id])


def delete_route_table(self, account_id, region_name):
    """Its associations go with it, which Moto makes and can't take back."""
    ec2_backends[account_id][region_name].route_tables.pop(self.id, None)


def delete_repository(self, account_id, region_name):
    """With its images: the templates say EmptyOnDelete."""
    ecr_backends[account_id][region_name].delete_repository(self.name, force=True)


Repository.delete = delete_repository
VPCEndPoint.delete = delete_endpoint
RouteTable.delete = delete_route_table
parsing.parse_and_update_resource = keep_resource
parsing.ResourceMap.update = forget_removed
CloudFormationBackend.update_stack = change_exports

if __name__ == "__main__":
    from moto.server import main

    main()
